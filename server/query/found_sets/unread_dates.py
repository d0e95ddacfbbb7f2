"""Texts in date fields that criteria compare: they never match, so they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .found_set import FoundSet

if TYPE_CHECKING:
    from ...database.database import Database


async def texts_in_dates(database: Database, found_set: FoundSet) -> dict[str, int]:
    """Field -> records that hold text there and meet the other criteria; one small find for each field."""
    counts: dict[str, int] = {}
    for target in found_set.criteria.date_fields:
        requests = found_set.criteria.undated(target.name)
        if requests and (count := await database.count(found_set.layout.name, requests)):
            counts[target.name] = count
    return counts
