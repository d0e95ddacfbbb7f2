"""What the owner wants done with every change: their script writes it, each record is signed, outcomes are mirrored."""
