"""Answering questions: found sets read to their end, kept, summed up, written to files."""
