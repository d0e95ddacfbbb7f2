"""The matching records' ids in the found set's order, where no single find of the host tells them or all of them are here already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dataapi.models import Record
from ...dataapi.sealed_page import Rows
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
    kept: list[Record] = []

    def take(rows: Rows) -> None:
        kept.extend(records(rows))

    source = Source(database, found_set, progress, budget=budget)
    in_order = found_set.is_in_order
    wanted = () if in_order else tuple(dict.fromkeys(key.field for key in found_set.sort))
    account = await source.read(wanted, take)
    if not in_order:
        kept = ordered(kept, found_set.sort, found_set.layout)
    return [record.record_id for record in kept], account
