"""What was done, entry by entry: written before a request goes out, and what later changes ask of it."""
