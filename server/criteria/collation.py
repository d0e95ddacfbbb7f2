"""How texts compare and sort: by the language in which FileMaker indexes a field (section 7.4)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

UNICODE = "Unicode"
DEFAULT = "Default"
ENGLISH = "English"
JAPANESE = "Japanese"

MARKS = re.compile("(?<=[A-Za-zÀ-ÖØ-öø-ʯͰ-Ͽ])[\u0300-\u036f]+")
"""Accents of Latin and Greek letters. Marks of other scripts make another letter."""


@dataclass(frozen=True)
class Collation:
    """`Unicode` compares characters; `Default` overlooks capitals; a language overlooks accents too, and Japanese the width of kana."""

    language: str = ENGLISH

    def key(self, text: str) -> str:
        """Two texts are one value for FileMaker when their keys are the same."""
        if self.language == UNICODE:
            return text
        if text.isascii():
            return text.lower()
        if self.language == JAPANESE:
            text = unicodedata.normalize("NFKC", text)
        parts = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
        return unicodedata.normalize("NFC", parts if self.language == DEFAULT else MARKS.sub("", parts))

    @property
    def overlooks(self) -> str:
        """What makes no difference, in words."""
        if self.language == UNICODE:
            return "nothing"
        return "capitals" if self.language == DEFAULT else "capitals and accents"


def folded(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def order_of(text: str) -> tuple[str, str, str]:
    """A key to sort by: letters first, then accents, then case. Two texts have one key only when they are the same."""
    return folded(text), text.casefold(), text
