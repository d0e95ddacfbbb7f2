"""A page whose records are too large for one answer, asked for in parts."""

from __future__ import annotations

from dataclasses import replace

from .query import Query

PARTS = 8


def parts_of(page: Query) -> list[Query]:
    """The same records, a few at a time; itself alone where it is one record already."""
    size = max(1, page.limit // PARTS)
    return [
        replace(page, offset=page.offset + done, limit=min(size, page.limit - done))
        for done in range(0, page.limit, size)
    ]
