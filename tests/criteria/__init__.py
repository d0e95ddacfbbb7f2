"""Criteria: what is understood, and what is found."""
