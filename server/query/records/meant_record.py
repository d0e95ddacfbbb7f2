"""The one record that criteria mean, or the first few where they match several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..found_sets.answer_columns import chosen
from ..found_sets.found_set import FoundSet
from .record_finder import Finding
from .record_table import Table

if TYPE_CHECKING:
    from ...database.database import Database

MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Candidates:
    found: int
    id: str
    table: Table


async def candidates(database: Database, found_set: FoundSet) -> Candidates:
    """The record that criteria mean when they match exactly one, else the first few."""
    columns = chosen(found_set.layout, None, (), found_set.targets)
    page = await Finding(database, found_set).page(0, MOST_CANDIDATES, columns)
    table = Table(columns)
    page.fill(table)
    return Candidates(page.found, page.records[0].record_id if page.records else "", table)
