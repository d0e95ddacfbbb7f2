"""Figures over whole found sets, by group."""
