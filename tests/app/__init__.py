"""The server as a process: starting, sessions, ending."""
