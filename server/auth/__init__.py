"""Proving who we are, and remembering it."""
