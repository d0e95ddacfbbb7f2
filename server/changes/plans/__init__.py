"""What a plan is, where it is kept, and how it is shown."""
