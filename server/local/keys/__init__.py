"""The keys that lie outside the state, and what is sealed by them."""
