"""The stages of connecting: what was looked at, what was found, and what to do where it failed."""
