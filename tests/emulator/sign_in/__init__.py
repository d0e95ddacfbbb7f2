"""Signing in to the emulated host."""
