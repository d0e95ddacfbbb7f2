"""The emulated host's calculations."""
