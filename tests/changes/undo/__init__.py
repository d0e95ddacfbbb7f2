"""The way back."""
