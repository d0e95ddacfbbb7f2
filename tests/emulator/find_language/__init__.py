"""The emulated host's finds."""
