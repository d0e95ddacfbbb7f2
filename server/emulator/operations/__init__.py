"""The calls of the Data API, one after another inside a session."""
