"""Files of changes: read when a change is planned, kept with the state, put into containers and back."""
