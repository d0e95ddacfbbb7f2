"""FileMaker sessions: opened, shared by callers, counted among all servers, logged out."""
