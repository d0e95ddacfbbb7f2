"""What a plan is, and where it is kept."""
