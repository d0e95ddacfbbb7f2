"""A solution of invented data, made from the map of a real one: the file that `filemaker-mcp learn` writes."""
