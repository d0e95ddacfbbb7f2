"""Who we are and how we talk to FileMaker."""

__version__ = "0.1.0"
