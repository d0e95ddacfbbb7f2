"""Commands for connecting: setup, sign-in, sign-out, tokens, diagnosis."""
