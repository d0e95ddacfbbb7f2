"""What of the contents goes, and what is held."""
