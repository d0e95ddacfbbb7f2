"""Some records of a found set, with the portals that were asked for, read to their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ...dataapi.query import Query
from ...dataapi.record import Page, Record
from ...dataapi.sealed_page import Rows
from ...errors import AnswerTooLarge
from ...host_errors import RecordMissing
from ..found_sets.answer_columns import Columns
from ..found_sets.found_set import FoundSet
from ..found_sets.matching_ids import matching
from ..found_sets.page_reader import Progress
from ..found_sets.page_rows import only, records
from ..found_sets.parallel_reads import in_parallel
from ..found_sets.portal_pages import all_completed
from ..found_sets.read_budget import Budget
from ..found_sets.record_source import Source
from ..found_sets.unread_dates import texts_in_dates
from .record_table import Table

if TYPE_CHECKING:
    from ...database.database import Database


@dataclass(frozen=True)
class FoundRecords:
    """Records, or a page's columns where these say as much."""

    whole: tuple[Record, ...] | None
    found: int
    """How many there are in all."""
    rows: Rows | None = None

    @cached_property
    def records(self) -> tuple[Record, ...]:
        if self.whole is not None:
            return self.whole
        return tuple(records(self.rows)) if self.rows is not None else ()

    def fill(self, table: Table) -> None:
        if self.rows is not None:
            table.add_columns(self.rows)
            return
        for record in self.records:
            if not table.add(record):
                return


class Finding:
    """Pages of one found set."""

    def __init__(
        self,
        database: Database,
        found_set: FoundSet,
        progress: Progress | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.database = database
        self.budget = budget or Budget(None)
        self.found_set = found_set
        self.progress = progress
        self.read = ""
        """When the records were read, if they were here already or had to be chosen here."""
        self.unread: Mapping[str, int] = {}
        """Text fields that were compared as numbers -> records that hold something else there."""

    async def unread_facts(self, *, dates: bool) -> dict[str, object]:
        """What criteria compare and cannot read: texts in text fields compared as numbers, and with `dates` in date fields."""
        facts: dict[str, object] = {}
        if dates and (texts := await texts_in_dates(self.database, self.found_set)):
            facts["text_in_dates"] = texts
        if self.unread:
            facts["not_compared"] = {
                name: f"{count:,} text, no number" for name, count in self.unread.items()
            }
        return facts

    async def page(self, skip: int, limit: int, columns: Columns) -> FoundRecords:
        """`limit` records after the first `skip`; an empty page where there are none."""
        found = self.found_set
        source = Source(self.database, found, self.progress)
        if found.criteria.is_plain and not found.as_numbers and (columns.portals or not source.is_kept):
            if not columns.portals and self.database.shows_by_columns:
                with suppress(AnswerTooLarge):  # it comes in parts below
                    return await self._by_columns(source, skip, limit, columns)
            page = await self._plain(skip, limit, columns)
        else:
            page = await self._chosen(skip, limit, columns)
        if columns.portals:
            self.budget.check_records(
                len(page.records),
                page.records,
                what="records with all their portal rows",
                only_read=bool(found.layout.limited_to),
            )
        records = await all_completed(
            self.database, found.layout.name, page.records, columns.offsets, columns.portals
        )
        return FoundRecords(records, page.found)

    async def _by_columns(self, source: Source, skip: int, limit: int, columns: Columns) -> FoundRecords:
        query = self._query(skip, limit, columns)
        opener = await self.database.opener(query.layout, columns.fields)
        rows = await source.pages.opened(opener, await self.database.sealed(query))
        if rows.reach or skip == 0:
            return FoundRecords(None, rows.reach, rows)
        return await self._beyond()

    async def _plain(self, skip: int, limit: int, columns: Columns) -> FoundRecords:
        page = await self.database.page(self._query(skip, limit, columns))
        return _counted(page) if page.reach or skip == 0 else await self._beyond()

    def _query(self, skip: int, limit: int, columns: Columns) -> Query:
        found = self.found_set
        return Query(
            found.layout.name,
            found.criteria.requests,
            found.sort,
            skip + 1,
            limit,
            portals=columns.ranges,
            needs=columns.fields,
        )

    async def _beyond(self) -> FoundRecords:
        """An offset beyond the end is answered as if nothing matched (section 7.6)."""
        found = self.found_set
        first = await self.database.page(
            Query(found.layout.name, found.criteria.requests, limit=1, portals=())
        )
        return replace(_counted(first), whole=())

    async def _chosen(self, skip: int, limit: int, columns: Columns) -> FoundRecords:
        """Records that are here already, or whose ids have to be made out here first."""
        ids, account = await matching(self.database, self.found_set, self.progress, self.budget)
        self.read, self.unread = account.read, account.unread
        wanted = [str(each) for each in ids[skip : skip + limit]]
        source = Source(self.database, self.found_set)
        if source.is_kept and not columns.portals:
            records = await self._kept(source, frozenset(wanted), columns)
        else:
            records = await self._by_id(wanted, columns)
        return FoundRecords(tuple(records[each] for each in wanted if each in records), len(ids))

    async def _kept(self, source: Source, wanted: frozenset[str], columns: Columns) -> dict[str, Record]:
        kept: dict[str, Record] = {}

        def take(rows: Rows) -> None:
            chosen = only(rows, [record_id in wanted for record_id in rows.ids])
            kept.update((record.record_id, record) for record in records(chosen))

        await source.read(columns.fields, take)
        return kept

    async def _by_id(self, wanted: Sequence[str], columns: Columns) -> dict[str, Record]:
        """One by one, with their portals."""
        layout = self.found_set.layout.name
        read: dict[str, Record] = {}

        async def one(record_id: str) -> None:
            try:
                read[record_id] = await self.database.record(
                    layout, record_id, portals=columns.ranges, needs=columns.fields
                )
            except RecordMissing:  # deleted since it was found a moment ago
                return

        await in_parallel(
            [lambda record_id=record_id: one(record_id) for record_id in wanted], self.database.pool_size
        )
        return read


def _counted(page: Page) -> FoundRecords:
    """Only of a find whose count holds: what a scope compares here is no plain find."""
    return FoundRecords(page.records, len(page.records) if page.found is None else page.found)
