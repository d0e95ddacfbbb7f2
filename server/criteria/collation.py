"""An order of texts for what is sorted and compared here: letters first, then accents, then case."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def order_of(text: str) -> tuple[str, str, str]:
    """A key to sort by; two texts have one key only when they are the same."""
    return folded(text), text.casefold(), text
