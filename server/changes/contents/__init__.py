"""What the state holds of records: sealed, taken over from earlier versions, kept as long as it has to be, and forgotten."""
