"""Some records of a found set, with the portals that were asked for, read to their end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..criteria.criteria import understand
from ..dataapi.models import LayoutMeta, Page, Query, Record
from ..errors import RecordMissing
from .columns import Columns, chosen
from .found_set import FoundSet
from .matching import matching
from .parallel import in_parallel
from .portals import all_completed
from .reading import Progress
from .table import Table

if TYPE_CHECKING:
    from ..database import Database

MOST_CANDIDATES = 10


class Finding:
    """Pages of one found set."""

    def __init__(self, database: Database, found_set: FoundSet, progress: Progress | None = None) -> None:
        self._database = database
        self._found_set = found_set
        self._progress = progress

    async def page(self, skip: int, limit: int, columns: Columns) -> Page:
        """`limit` records after the first `skip`; an empty page where there are none."""
        found = self._found_set
        page = await (
            self._plain(skip, limit, columns)
            if found.criteria.is_plain
            else self._mixed(skip, limit, columns)
        )
        records = await all_completed(
            self._database, found.layout.name, page.records, columns.offsets, columns.portals
        )
        return Page(records, page.found, page.total)

    async def _plain(self, skip: int, limit: int, columns: Columns) -> Page:
        found = self._found_set
        query = Query(
            found.layout.name, found.criteria.requests, found.sort, skip + 1, limit, portals=columns.ranges
        )
        page = await self._database.page(query)
        if page.found or skip == 0:
            return page
        # An offset beyond the end is answered as if nothing matched (section 7.6).
        first = await self._database.page(
            Query(found.layout.name, found.criteria.requests, limit=1, portals=())
        )
        return Page((), first.found, first.total)

    async def _mixed(self, skip: int, limit: int, columns: Columns) -> Page:
        found = self._found_set
        ids, _ = await matching(self._database, found, self._progress)
        wanted = ids[skip : skip + limit]
        records: dict[str, Record] = {}

        async def read(record_id: str) -> None:
            try:
                records[record_id] = await self._database.record(
                    found.layout.name, record_id, portals=columns.ranges
                )
            except RecordMissing:  # deleted since it was found a moment ago
                return

        await in_parallel(
            [lambda record_id=record_id: read(record_id) for record_id in wanted], self._database.pool_size
        )
        present = tuple(records[record_id] for record_id in wanted if record_id in records)
        return Page(present, len(ids), 0)


@dataclass(frozen=True)
class Candidates:
    found: int
    id: str
    table: Table


async def candidates(database: Database, found_set: FoundSet) -> Candidates:
    """The record that criteria mean when they match exactly one, else the first few."""
    columns = chosen(found_set.layout, None, (), found_set.criteria.targets)
    page = await Finding(database, found_set).page(0, MOST_CANDIDATES, columns)
    table = Table(columns)
    for record in page.records:
        table.add(record)
    return Candidates(page.found, page.records[0].record_id if page.records else "", table)


async def loosened_count(database: Database, found_set: FoundSet, where: object) -> int | None:
    """How many records `words` would find where `is` found none; None when that question does not arise."""
    loose = _loosened(where, found_set.layout)
    if loose is None:
        return None
    criteria = understand(loose, None, found_set.layout, database.calendar)
    if not criteria.is_plain:
        return None
    page = await database.page(Query(found_set.layout.name, criteria.requests, limit=1, portals=()))
    return page.found or None


def _loosened(where: object, layout: LayoutMeta) -> object | None:
    """The same criteria with `words` for each text that was to be equal."""
    changed = False

    def one(name: str, condition: object) -> object:
        nonlocal changed
        meta = layout.field_named(name)
        if isinstance(condition, Mapping):
            operators = cast("Mapping[str, object]", condition)
            wanted = operators["is"] if set(operators) == {"is"} else None
        else:
            wanted = condition
        if meta is None or meta.type != "text" or not isinstance(wanted, str) or not wanted.strip():
            return cast("object", condition)
        changed = True
        return {"words": wanted}

    def each(item: object) -> object:
        if not isinstance(item, Mapping):
            return item
        return {name: one(name, condition) for name, condition in cast("Mapping[str, object]", item).items()}

    items = cast("list[object]", where) if isinstance(where, list) else [where]
    loose = [each(item) for item in items]
    return loose if changed else None
