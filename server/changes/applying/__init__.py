"""From a plan to its outcomes: each item sent once, read back, settled."""
