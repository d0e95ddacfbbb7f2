"""What outsiders wrote: which fields hold it, and who has read it."""
