"""The emulated user pool."""
