"""Changes: planned, agreed to, applied once, read back, kept in a journal, taken back."""
