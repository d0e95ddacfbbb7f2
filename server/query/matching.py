"""The matching records' ids in the found set's order, where no single find of the host has that order and count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dataapi.models import Record
from ..dataapi.sealed import Rows
from .found_set import FoundSet
from .ordering import ordered
from .reading import Progress
from .source import Account, Source, records

if TYPE_CHECKING:
    from ..database import Database


async def matching(
    database: Database, found_set: FoundSet, progress: Progress | None = None
) -> tuple[list[str], Account]:
    """Ids of every record that meets the criteria."""
    kept: list[Record] = []

    def take(rows: Rows) -> None:
        kept.extend(records(rows))

    wanted = tuple(dict.fromkeys(key.field for key in found_set.sort))
    account = await Source(database, found_set, progress).read(wanted, take)
    if not found_set.criteria.is_plain:
        kept = ordered(kept, found_set.sort, found_set.layout)
    return [record.record_id for record in kept], account
