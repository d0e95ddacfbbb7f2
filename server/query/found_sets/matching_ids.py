"""Ids of the matching records, where several finds are needed or the pages are kept already."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from ...dataapi.models import Record
from .found_set import FoundSet
from .page_reader import Progress
from .page_rows import records
from .read_budget import Budget
from .read_report import Account
from .record_order import ordered
from .record_source import Source

if TYPE_CHECKING:
    from ...database.database import Database


async def matching(
    database: Database, found_set: FoundSet, progress: Progress | None = None, budget: Budget | None = None
) -> tuple[list[str], Account]:
    """Ids of every record that meets the criteria."""
    source = Source(database, found_set, progress, budget=budget)
    if found_set.is_in_order:
        ids = array("Q")  # a found set may have a million records
        account = await source.read((), lambda rows: ids.extend(map(int, rows.ids)))
        return [str(each) for each in ids], account
    kept: list[Record] = []
    wanted = tuple(dict.fromkeys(key.field for key in found_set.sort))
    account = await source.read(wanted, lambda rows: kept.extend(records(rows)))
    kept = ordered(kept, found_set.sort, found_set.layout, found_set.as_numbers)
    return [record.record_id for record in kept], account
