"""Our own authorization server: clients get our tokens, and people sign in behind it."""
