"""Plans carried out, with faults and kills."""
