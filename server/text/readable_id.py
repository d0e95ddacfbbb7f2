"""Names that a person may have to read, say and type: `edit-12-Tasks-k7f3`."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what people mistake for one another."""
LONGEST_WORD = 24


def random_letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def word_of(name: str, otherwise: str) -> str:
    """A name as one word, `otherwise` where nothing of it is left."""
    return "".join(c if c.isalnum() else "-" for c in name).strip("-")[:LONGEST_WORD] or otherwise
