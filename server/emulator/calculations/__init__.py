"""Calculations: expressions, functions, stored results."""
