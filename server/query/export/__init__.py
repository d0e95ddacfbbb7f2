"""Found sets as files."""
