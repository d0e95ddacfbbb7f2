"""What became of an item, told from what was answered and from what is there."""
