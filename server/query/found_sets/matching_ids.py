"""Ids of the matching records, where several finds are needed or the pages are kept already."""

from __future__ import annotations

from array import array
from contextlib import closing
from typing import TYPE_CHECKING

from .found_set import FoundSet
from .page_reader import Progress
from .read_budget import Budget
from .read_report import Account
from .record_order import RecordOrder
from .record_source import Source

if TYPE_CHECKING:
    from ...database.database import Database


async def matching(
    database: Database, found_set: FoundSet, progress: Progress | None = None, budget: Budget | None = None
) -> tuple[array[int], Account]:
    """Ids of every record that meets the criteria, in the order that is wanted; a found set may have a million records."""
    source = Source(database, found_set, progress, budget=budget)
    if found_set.is_in_order:
        ids = array("Q")
        account = await source.read((), lambda rows: ids.extend(map(int, rows.ids)))
        return ids, account
    wanted = tuple(dict.fromkeys(key.field for key in found_set.sort))
    with closing(RecordOrder(found_set.sort, found_set.layout, found_set.as_numbers)) as order:
        account = await source.read(wanted, order.add)
        return order.ids(), account
