"""Reads records by id with few requests. The Data API cannot find by id, so many ids are picked out of whole pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from ...dataapi.query import PortalRange, Query
from ...dataapi.record import Record
from ...database.database import Database
from ...host_errors import RecordMissing
from ...query.found_sets.parallel_reads import in_parallel
from ...text.sentence import say

FEW = 20
"""Ids that are asked for one by one."""
PAGE = 200
WORTH_A_PAGE = 8
"""Ids for which a page is read at most: a page weighs more than a record, and far less than so many requests."""

Progress = Callable[[int, int | None, str], Awaitable[None]]
"""Records read, of how many, and what is being done."""
Named = Callable[[Sequence[str]], Awaitable[Mapping[str, Record]]]
"""Reads those of many records that a find can name, by their ids."""


async def unheard(done: int, total: int | None, message: str) -> None:
    """Progress to which nobody listens."""


async def records_by_id(
    database: Database,
    layout: str,
    record_ids: Sequence[str],
    portals: tuple[PortalRange, ...],
    report: Progress = unheard,
    named: Named | None = None,
) -> dict[str, Record]:
    """The records in the order of the ids; one that is not there is left out. `named` spares a request for each of those that
    lie too far apart for pages."""
    wanted = list(dict.fromkeys(record_ids))
    found: dict[str, Record] = {}
    total = len(wanted)

    async def told() -> None:
        await report(len(found), total, say("reading records of %(layout)s", layout=layout))

    async def page(number: int) -> int:
        """How many records there are in all."""
        query = Query(layout, offset=number * PAGE + 1, limit=PAGE, portals=portals)
        read = await database.page(query)
        found.update((record.record_id, record) for record in read.records if record.record_id in ids)
        await told()
        return read.reach

    async def further(number: int) -> None:
        await page(number)

    async def one(record_id: str) -> None:
        try:
            found[record_id] = await database.record(layout, record_id, portals=portals)
        except RecordMissing:
            return
        await told()

    ids = frozenset(wanted)
    if total > FEW:
        pages = -(-await page(0) // PAGE)
        if (pages - 1) * WORTH_A_PAGE <= total - len(found):
            await in_parallel((partial(further, n) for n in range(1, pages)), database.pool_size)
        if named is not None and len(left := [each for each in wanted if each not in found]) > FEW:
            found.update(await named(left))
            await told()
    await in_parallel((partial(one, each) for each in wanted if each not in found), database.pool_size)
    return {each: found[each] for each in wanted if each in found}
