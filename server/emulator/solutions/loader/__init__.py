"""Reads a solution folder: its definition, its scripts and its data, and says everything that is wrong with it."""
