"""The pages of one find: kept ones where they are whole, else read and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread

from ...criteria.requests import Leg
from ...dataapi.query import PortalRange, Query
from ...dataapi.record import Page
from ...dataapi.sealed_page import Rows, Sealed
from ...database.page_columns import MissingColumn
from .answer_columns import FIRST_ROWS
from .found_set import FoundSet
from .page_cache import Shelf
from .page_reader import PageReader, Progress
from .portal_pages import all_completed
from .read_budget import Budget
from .read_report import Account

if TYPE_CHECKING:
    from ...database.database import Database
    from ...database.page_columns import PageColumns

LARGE = 1_000_000
"""Bytes of a page beyond which others would wait while it is read."""
Consume = Callable[[Rows], Awaitable[None] | None]
"""What it gives back is awaited before the next rows come: work that takes long is done beside the event loop."""


@dataclass(frozen=True, slots=True)
class OpenedRows:
    """A page and the rows in it."""

    sealed: Sealed
    rows: Rows

    @property
    def found(self) -> int | None:
        return self.rows.found

    @property
    def reach(self) -> int:
        return self.rows.reach

    @property
    def shown(self) -> int:
        return len(self.rows.ids)

    @property
    def ids(self) -> Sequence[str]:
        """Of all that came: what lies out of scope counts for how far the reading is."""
        return (*self.rows.ids, *self.rows.passed_over) if self.rows.passed_over else self.rows.ids


class FindPages:
    """Reads what one find of a found set brings."""

    def __init__(
        self, database: Database, found_set: FoundSet, progress: Progress | None, budget: Budget
    ) -> None:
        self._database = database
        self._found_set = found_set
        self._progress = progress
        self._budget = budget
        self._now = database.calendar.now

    async def each(
        self,
        leg: Leg,
        opener: PageColumns,
        consume: Callable[[Rows, frozenset[str]], Awaitable[None] | None],
        account: Account,
    ) -> None:
        kept = self._found_set.holding.shelf_of(leg)
        if kept is not None and _has_all(kept, opener):
            for sealed, again in kept.pages():
                work = consume(await self.opened(opener, sealed), again)
                if work is not None:
                    await work
                await anyio.lowlevel.checkpoint()  # so that a cancelled call ends here
            return
        account.was_kept = False
        self._found_set.holding.sort = self._found_set.sort
        shelf = self._found_set.holding.new_shelf(leg)

        read: list[int] = []

        async def fetch(query: Query) -> OpenedRows:
            began = self._now()
            sealed = await self._database.sealed(query)
            page = OpenedRows(sealed, await self.opened(opener, sealed))
            if query.offset == 1:
                self._check_budget(page, began)
            return page

        def arrived(page: OpenedRows, again: frozenset[str]) -> Awaitable[None] | None:
            if page.found is None:
                self._budget.read(len(page.sealed.body) * page.shown // max(1, len(page.ids)))
            else:
                read.append(len(page.sealed.body))
            shelf.add(page.sealed, again)
            return consume(page.rows, again)

        reading = PageReader(
            fetch, arrived, sessions=self._database.pool_size, now=self._now, progress=self._progress
        )
        query = Query(self._found_set.layout.name, leg.requests, self._found_set.sort)
        account.courses.append(await reading.all_of(query))
        self._budget.spend(sum(read))
        shelf.complete()

    async def opened(self, opener: PageColumns, sealed: Sealed) -> Rows:
        """Raises NameUnknown for a field that the layout no longer has."""
        try:
            if len(sealed.body) > LARGE:
                return await anyio.to_thread.run_sync(opener.open, sealed)
            return opener.open(sealed)
        except MissingColumn as lost:
            raise await self._database.lost(self._found_set.layout.name, str(lost)) from lost

    def _check_budget(self, page: OpenedRows, began: datetime) -> None:
        """By the first page of a find; the others are like it."""
        if page.found is None:
            return
        count = len(page.ids)
        size = len(page.sealed.body)
        self._budget.check(page.found, count, size, seconds=self._seconds(page.found, count, began))

    def _seconds(self, found: int, count: int, began: datetime) -> float:
        """How long all of them take at the pace of the page that was asked for at `began`."""
        pages = found / max(1, count) / self._database.pool_size
        return (self._now() - began).total_seconds() * pages

    async def with_portals(self, leg: Leg, fields: Sequence[str], consume: Consume, account: Account) -> None:
        """Tests on portal rows need all of them, so these records are read whole, page by page, and not kept."""
        layout = self._found_set.layout

        async def fetch(query: Query) -> Page:
            began = self._now()
            page = await self._database.page(query)
            if page.found is None:
                self._budget.read_records(page.records)
            elif query.offset == 1:
                seconds = self._seconds(page.found, len(page.records), began)
                self._budget.check_records(page.found, page.records, seconds=seconds)
            whole = await all_completed(self._database, layout.name, page.records, {}, leg.portals)
            return replace(page, records=whole)

        def arrived(page: Page, again: frozenset[str]) -> Awaitable[None] | None:
            new = (record for record in page.records if record.record_id not in again)
            matching = [r for r in new if leg.residual is None or leg.residual.holds(r)]
            columns = {name: [record.fields.get(name, "") for record in matching] for name in fields}
            return consume(Rows([record.record_id for record in matching], columns, page.found))

        reading = PageReader(
            fetch,
            arrived,
            sessions=self._database.pool_size,
            now=self._now,
            progress=self._progress,
            page=100,
        )
        ranges = tuple(PortalRange(name, 1, FIRST_ROWS) for name in leg.portals)
        account.courses.append(
            await reading.all_of(Query(layout.name, leg.requests, self._found_set.sort, portals=ranges))
        )


def _has_all(kept: Shelf, opener: PageColumns) -> bool:
    """A field that came onto the layout later is not in pages that were kept before."""
    for sealed, _ in kept.pages():
        try:
            opener.open(sealed)
        except MissingColumn:
            return False
        return True
    return True
