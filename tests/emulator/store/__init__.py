"""The emulated host's store."""
