"""By what records are grouped, and under which key each is counted."""
