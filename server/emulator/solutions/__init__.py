"""A solution folder, read and hosted."""
