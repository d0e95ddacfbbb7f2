"""The tools as a client sees them."""
