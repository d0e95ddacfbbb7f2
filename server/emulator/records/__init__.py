"""What a call sees and saves: records, portals, locks, validation."""
