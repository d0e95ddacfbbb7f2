"""Who agreed to a plan, and whether that still holds."""
