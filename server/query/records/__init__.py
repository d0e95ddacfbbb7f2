"""Some records of a found set, as columns and rows."""
