"""Who may come in: accounts, sessions, privileges, Claris ID, OAuth."""
