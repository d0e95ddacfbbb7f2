"""What the owner wants done at certain times, once however many processes look at the clock."""
