"""The records of a solution in SQLite, with indexes as FileMaker has them."""
