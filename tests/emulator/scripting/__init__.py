"""The emulated host's scripts."""
