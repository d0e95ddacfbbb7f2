"""Questions over whole found sets."""
