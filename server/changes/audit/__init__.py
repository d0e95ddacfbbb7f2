"""Whether the journal and the agreements are what was written."""
