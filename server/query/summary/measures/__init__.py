"""What is counted, summed or compared in each group, from the words of a question to figures without loss."""
