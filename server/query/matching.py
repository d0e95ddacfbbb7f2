"""The records of criteria that one find cannot say: several finds, tests made here, finds taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ..criteria.requests import Leg
from ..dataapi.models import Page, PortalRange, Query, Record
from .found_set import FoundSet
from .ordering import ordered
from .portals import all_completed
from .reading import Course, Progress, Reading

if TYPE_CHECKING:
    from ..database import Database


@dataclass
class Matches:
    """Ids of the matching records in the found set's order, and how each find went."""

    ids: list[str]
    courses: list[Course] = field(default_factory=list[Course])


async def matching(
    database: Database, found_set: FoundSet, now: Callable[[], datetime], progress: Progress | None = None
) -> Matches:
    """Ids of every record that meets criteria which are not plain."""
    finder = _Finder(database, found_set, now, progress)
    kept: dict[str, Record] = {}
    for leg in found_set.criteria.legs:
        for record in await finder.records(leg):
            kept.setdefault(record.record_id, record)
    keys = found_set.sort
    return Matches(
        [record.record_id for record in ordered(kept.values(), keys, found_set.layout)], finder.courses
    )


class _Finder:
    def __init__(
        self, database: Database, found_set: FoundSet, now: Callable[[], datetime], progress: Progress | None
    ) -> None:
        self._database = database
        self._layout = found_set.layout
        self._sort = found_set.sort
        self._now = now
        self._progress = progress
        self.courses: list[Course] = []

    async def records(self, leg: Leg) -> list[Record]:
        """Only the sort fields of each record are kept."""
        kept: list[Record] = []
        wanted = tuple(key.field for key in self._sort)
        batches: list[Page] = []

        def consume(page: Page, again: frozenset[str]) -> None:
            new = tuple(r for r in page.records if r.record_id not in again)
            if leg.portals:
                batches.append(Page(new, page.found, page.total))
            else:
                kept.extend(_light(r, wanted) for r in new if leg.residual is None or leg.residual.holds(r))

        await self._read(leg, consume)
        for batch in batches:
            whole = await all_completed(self._database, self._layout.name, batch.records, {}, leg.portals)
            kept.extend(_light(r, wanted) for r in whole if leg.residual is None or leg.residual.holds(r))
        if leg.minus:
            gone = {record.record_id for each in leg.minus for record in await self.records(each)}
            kept = [record for record in kept if record.record_id not in gone]
        return kept

    async def _read(self, leg: Leg, consume: Callable[[Page, frozenset[str]], None]) -> None:
        ranges = tuple(PortalRange(name, 1, 200) for name in leg.portals)
        query = Query(self._layout.name, leg.requests, portals=ranges)
        reading = Reading(
            self._database.page,
            consume,
            sessions=self._database.pool_size,
            now=self._now,
            progress=self._progress,
        )
        self.courses.append(await reading.all_of(query))


def _light(record: Record, names: tuple[str, ...]) -> Record:
    return Record(record.record_id, record.mod_id, {name: record.fields.get(name, "") for name in names})
