"""Plans, journal, jobs and usage, as they outlast a process."""
