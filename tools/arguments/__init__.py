"""The arguments that tools share: what they may be, and what they mean."""
