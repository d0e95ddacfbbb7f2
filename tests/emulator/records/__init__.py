"""Records of the emulated host."""
