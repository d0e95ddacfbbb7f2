"""Text within what an answer takes: a part of it, or the places where something stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MOST_TEXT = 24_000
"""Characters of an answer, about 8,000 tokens."""
AROUND = 200
MOST_HITS = 20

Pages = Iterable[tuple[int | None, str]]
"""A page's number and its text; None for a text without pages."""


def searched(text: str, wanted: str) -> dict[str, Any]:
    return {"found": found_in([(None, text)], wanted)}


def within(pages: Pages) -> tuple[str, str]:
    """Text within the budget, page by page, and how to go on when it was cut. No page is asked for beyond that."""
    parts: list[str] = []
    room = MOST_TEXT
    for number, text in pages:
        heading = f"[page {number}]\n" if number is not None else ""
        piece = f"{heading}{text.strip()}\n"
        if len(piece) > room:
            parts.append(piece[:room])
            rest = f'go on with pages "{number}-..."' if number is not None else "use find, or save"
            return "\n".join(parts), f"cut after {MOST_TEXT:,} characters; {rest}"
        parts.append(piece)
        room -= len(piece)
    return "\n".join(parts), ""


def found_in(pages: Pages, wanted: str) -> list[str]:
    """Where a text stands, with what is around it; capitals overlooked."""
    hits: list[str] = []
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    for number, text in pages:
        for hit in pattern.finditer(text):
            around = " ".join(text[max(0, hit.start() - AROUND) : hit.end() + AROUND].split())
            hits.append(f"[page {number}] {around}" if number is not None else around)
            if len(hits) == MOST_HITS:
                return [*hits, "and perhaps more"]
    return hits
