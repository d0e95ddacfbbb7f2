"""Who calls over HTTP: identities, what a token proves, and what the owner gives to each caller."""
