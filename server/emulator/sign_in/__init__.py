"""Signing in: accounts, sessions, privileges, Claris ID and OAuth."""
