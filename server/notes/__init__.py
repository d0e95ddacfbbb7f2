"""What the owner of a solution has written down about it, and how it is applied to a question."""
