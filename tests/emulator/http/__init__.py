"""Requests and answers of the emulated host."""
