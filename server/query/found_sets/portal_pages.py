"""Portal rows beyond the first page of them: read to the end, so that no related record is silently missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dataapi.query import PortalRange
from ...dataapi.record import PortalRow, PortalRows, Record
from .parallel_reads import in_parallel

if TYPE_CHECKING:
    from ...database.database import Database

PAGE = 500


async def completed(
    database: Database, layout: str, record: Record, offsets: dict[str, int], names: Iterable[str]
) -> Record:
    """The record with all rows of its portals from `offsets` on."""
    portals = dict(record.portals)
    for name in names:
        have = portals.get(name)
        if have is not None:
            portals[name] = await _to_the_end(
                database, layout, record.record_id, name, have, offsets.get(name, 0)
            )
    return replace(record, portals=portals)


async def all_completed(
    database: Database,
    layout: str,
    records: tuple[Record, ...],
    offsets: dict[str, int],
    names: Iterable[str],
) -> tuple[Record, ...]:
    """The same for several records at once, over as many sessions as there are."""
    wanted = tuple(names)
    if not wanted:
        return records
    results = list(records)

    async def complete(index: int) -> None:
        results[index] = await completed(database, layout, records[index], offsets, wanted)

    short = [
        index
        for index, record in enumerate(records)
        if any(_is_short(record.portals.get(name), offsets.get(name, 0)) for name in wanted)
    ]
    await in_parallel([lambda index=index: complete(index) for index in short], database.pool_size)
    return tuple(results)


def _is_short(rows: PortalRows | None, passed: int) -> bool:
    return rows is not None and passed + len(rows.rows) < rows.found


async def _to_the_end(
    database: Database, layout: str, record_id: str, name: str, have: PortalRows, passed: int
) -> PortalRows:
    rows: list[PortalRow] = list(have.rows)
    seen = {row.record_id for row in rows}
    out_of_scope = have.passed_over
    there = have.found + out_of_scope
    while passed + len(rows) + out_of_scope < there:
        range_ = PortalRange(name, passed + len(rows) + out_of_scope + 1, PAGE)
        record = await database.record(layout, record_id, portals=(range_,))
        more = record.portals.get(name)
        fresh = [row for row in more.rows if not row.record_id or row.record_id not in seen] if more else []
        if more is None or not (fresh or more.passed_over):  # rows went away meanwhile
            break
        there = more.found + more.passed_over
        out_of_scope += more.passed_over
        seen.update(row.record_id for row in fresh)
        rows += fresh
    found = there - out_of_scope
    found = max(found, passed + len(rows)) if rows else found
    return replace(have, rows=tuple(rows), found=found, passed_over=out_of_scope)
