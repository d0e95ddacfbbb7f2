"""The emulated host's values."""
