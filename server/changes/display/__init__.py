"""What a plan would do, as people and assistants are shown it."""
