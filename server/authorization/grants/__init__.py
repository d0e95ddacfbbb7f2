"""What people allowed: codes, tokens, and their end."""
