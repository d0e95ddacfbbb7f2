"""`filemaker-mcp run`: runbooks from a terminal or a schedule."""
