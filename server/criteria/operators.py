"""Operators that fields of several types share, and the finds that say them (section 7.3)."""

from __future__ import annotations

BOUNDS = ("gt", "gte", "lt", "lte")
ACROSS = ("in", "not_in")
"""Compare with a field of other records, perhaps on another layout."""
ORDERED = frozenset(
    ["is", "not", "gt", "gte", "lt", "lte", "between", "any_of", "empty", "duplicate", "raw", *ACROSS]
)
"""For every type, since every content has an order."""

PARTS = {"contains": "==*{}*", "starts_with": "=={}*", "ends_with": "==*{}"}
"""Within the whole content of a text field, and of a number as it is written."""
