"""Agreement of a person on a page of this machine."""
