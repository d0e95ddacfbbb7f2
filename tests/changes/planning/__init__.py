"""Plans made."""
