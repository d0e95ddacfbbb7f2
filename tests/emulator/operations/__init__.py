"""Calls of the emulated host."""
