"""Solutions that the emulated host serves."""
