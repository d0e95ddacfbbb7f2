"""The pages of whoever runs assistants on this machine: what waits, what was changed, jobs, usage, journal, connection, policy."""
