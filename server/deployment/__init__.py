"""What the owner wrote, held against the host as it is now: names in notes, runbooks and scripts, and what changed since last time."""
