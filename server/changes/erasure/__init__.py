"""What of the contents goes, when and on whose word; what is held back from that. Facts and chain of the journal stay."""
