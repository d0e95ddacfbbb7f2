"""The reading half of `Database`: records, pages and files, as far as the owner's policy shows them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from ..criteria.calendar import Calendar
from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.query import FindRequest, PortalRange, Query
from ..dataapi.record import File, Page, Record
from ..dataapi.sealed_page import Sealed
from ..errors import NameUnknown
from ..notes.notes import NO_NOTES, LayoutNotes, Notes
from ..notes.table_notes import notes_on
from ..policy import (
    Agreement,
    Policy,
    agreement_to_let_out,
    check_layout,
    check_query,
    check_script,
    named_fields,
    untrusted_names,
)
from ..policy.same_table import possible_kin
from ..policy.tables import table_of
from ..solution_map.map_view import MapView
from .caller_share import CallerShare
from .field_lists import FieldLists
from .layout_access import UNRESTRICTED, LayoutAccess
from .layout_changes import LayoutChanges
from .layout_tables import LayoutTables
from .missing_fields import MissingFields
from .page_columns import PageColumns
from .rate_limits import Allowance, Block, What
from .scope_guard import out_of_scope
from .script_calls import ScriptCalls
from .unopened_sources import UnopenedSources
from .untrusted.carried_text import CarriedText
from .untrusted.untrusted_fields import UntrustedFields
from .untrusted.untrusted_reads import KnownFiles, OutsiderText, UntrustedReads

COUNTED = 500
"""Records a request, where they are read to be counted."""


class ReadAccess(LayoutAccess):
    """What is read of one configured database. Values are ISO dates, line feeds and exact numbers."""

    def __init__(
        self,
        api: DataApi,
        *,
        name: str,
        pool_size: int,
        policy: Policy = UNRESTRICTED,
        calendar: Calendar | None = None,
        allowance: Allowance | CallerShare | None = None,
        outsiders: UntrustedReads | None = None,
        outsider_files: KnownFiles | None = None,
        carried: CarriedText | None = None,
        notes: Notes = NO_NOTES,
        sources: UnopenedSources | None = None,
        solution_map: MapView | None = None,
    ) -> None:
        """`outsiders` is shared by the databases of one caller; without one, it is this database's own."""
        self._outsiders = outsiders or UntrustedReads()
        self.untrusted = UntrustedFields(policy, carried)
        super().__init__(
            api, name=name, policy=policy, calendar=calendar or Calendar(), outsiders=self._outsiders,
            untrusted=self.untrusted, solution_map=solution_map,
        )  # fmt: skip
        self.notes = notes
        """What the owner wrote down about its layouts; applied to questions, above this."""
        self._sources = sources
        self.outsiders = OutsiderText(
            self._outsiders, self.untrusted, name, self._metadata.kin_of, outsider_files
        )
        self._script_calls = ScriptCalls(api, self._scope_guard, policy)
        self._layout_changes = LayoutChanges(self._metadata, policy)
        self.missing_fields = MissingFields(api, self._metadata, self._scope_guard, policy)
        self._tables = LayoutTables(self.page)
        self.field_lists = FieldLists(self)
        self.changes: int = 0
        """Writes and script runs so far: what was read before the latest may no longer be so."""
        self._allowance = allowance
        self.pool_size = pool_size

    @property
    def ended_sessions(self) -> int | None:
        """While it stands, the file was not closed, and so not replaced by a backup; None where that cannot be told."""
        return self._api.ended_sessions

    @property
    def untrusted_read(self) -> frozenset[str]:
        """Fields filled by outsiders whose text was read, here or in another database, by this process or another of the caller."""
        return self._outsiders.seen_from(self.name)

    @property
    def agreement_to_let_out(self) -> Agreement:
        """Who agrees to what changes nothing and leaves FileMaker."""
        return agreement_to_let_out(self.policy, self.untrusted_read)

    async def remarks(self) -> list[str]:
        """What has to be said beside the answer that was just made, once: files whose values are missing in it."""
        return [] if self._sources is None else await self._sources.remarks()

    async def notes_on(self, layout: LayoutMeta) -> LayoutNotes:
        """What the owner wrote that holds for questions to this layout: about it, its table and its related fields."""
        if not self.notes.layouts:
            return self.notes.of(layout.name)
        tables = await self._tables.of(await self.layouts(), (layout.name, *self.notes.layouts))
        return notes_on(self.notes, layout, tables, lambda occurrence: table_of(self.policy, occurrence))

    async def page(self, query: Query) -> Page:
        """A page of what matches; nothing found is an empty page. Any number may run at once: the pool bounds them."""
        meta = await self._checked(query)
        limited = await self._scope_guard.within(query)
        await self._take(What.BYTES)
        async with self._layout_changes.noticed(query.layout, named_fields(query)):
            page = await self._api.page(limited)
        await self._layout_changes.check(query.response_layout or query.layout, page.records, query.needs)
        page = self._scope_guard.without_totals(query.layout, page)
        if not await self._scope_guard.counts_hold(query.layout):
            page = page.uncounted()
        answered = meta if query.response_layout is None else await self._whole(query.response_layout)
        released = self._released(answered, page.records)
        if len(released) == len(page.records):
            return dataclasses.replace(page, records=released)
        ids = {record.record_id for record in released}
        passed_over = tuple(each.record_id for each in page.records if each.record_id not in ids)
        return dataclasses.replace(page, records=released, passed_over=passed_over)

    async def count(self, layout: str, requests: tuple[FindRequest, ...]) -> int:
        """How many records match: the host's count where it holds, else by reading them all."""
        if await self._scope_guard.counts_hold(layout):
            return (await self.page(Query(layout, requests, limit=1, portals=()))).reach
        counted, came = 0, 0
        while True:
            page = await self.page(Query(layout, requests, offset=came + 1, limit=COUNTED, portals=()))
            counted, came = counted + len(page.records), came + len(page.ids)
            if not page.ids or came >= page.reach:
                return counted

    async def sealed(self, query: Query) -> Sealed:
        """A page of what matches, unread and without portal rows; an `opener` reads it."""
        await self._checked(query)
        await self._take(What.BYTES)
        limited = await self._scope_guard.within(dataclasses.replace(query, portals=()))
        async with self._layout_changes.noticed(query.layout, named_fields(query)):
            return await self._api.sealed(limited)

    async def opener(self, layout: str, fields: Sequence[str]) -> PageColumns:
        """For sealed pages of the layout: `fields` as keys of its records, none of them in a portal. Raises Forbidden."""
        check_layout(self.policy, layout)
        if self._sources is not None:
            self._sources.notice_fields(fields)
        return self._redaction.opener(await self._whole(layout), fields)

    async def lost(self, layout: str, name: str) -> NameUnknown:
        """The refusal for a field that an opener missed in a page, after another look at the layout."""
        return await self._layout_changes.lost(layout, name)

    async def record(
        self,
        layout: str,
        record_id: str,
        *,
        portals: tuple[PortalRange, ...] | None = None,
        needs: tuple[str, ...] = (),
        unread: bool = False,
    ) -> Record:
        """`needs`: see `Query`. `unread`: nothing of the record is handed on."""
        query = Query(layout, portals=portals)
        meta = await self._checked(query)
        allowed = self._scope_guard.portals(meta, portals)
        await self._take(What.BYTES)
        async with self._layout_changes.noticed(layout, ()):
            record = await self._api.record(layout, record_id, portals=allowed)
        await self._scope_guard.check_record(layout, record_id, record)
        await self._layout_changes.check(layout, (record,), needs)
        released = self._released(meta, (record,), unread=unread)
        if not released:
            raise out_of_scope(layout, record_id)
        return released[0]

    async def download(
        self, layout: str, record_id: str, field: str, *, most: int, unread: bool = False
    ) -> File | None:
        """A container's file; None when it is empty. `field` as a record names it, `Photo` or `Photo(2)`. `unread`: it is
        kept or saved, and nothing of it handed on."""
        check_layout(self.policy, layout)
        meta = await self._whole(layout)
        self._redaction.check_container(meta, field)
        await self._scope_guard.check_record(layout, record_id)
        await self._take(What.BYTES)
        if not unread:
            self._redaction.read(meta, (field,))
        file = await self._api.download(layout, record_id, field, most=most)
        theirs = untrusted_names(self.untrusted.policy, layout, (field,), possible_kin(meta))
        if file is not None and theirs:
            await self.outsiders.keep_file(theirs, hashlib.sha256(file.content).hexdigest())
        if file is not None and not unread:
            await self.outsiders.read_file(file.content)
        return file

    def _released(
        self, meta: LayoutMeta, records: tuple[Record, ...], *, unread: bool = False
    ) -> tuple[Record, ...]:
        shown = self._redaction.records(meta, records, unread=unread)
        if self._sources is not None:
            self._sources.notice(shown)
        return shown

    async def _take(self, what: What, block: Block | None = None) -> None:
        """Room for one more within the owner's limits; LimitReached, nothing having been sent, where there is none."""
        if self._allowance is not None:
            await self._allowance.take(what, block)

    async def _checked(self, query: Query) -> LayoutMeta:
        """The whole layout of a query that is allowed; Forbidden otherwise, before anything is sent."""
        check_layout(self.policy, query.layout)
        for call in (query.scripts.prerequest, query.scripts.presort, query.scripts.after):
            if call is not None:
                check_script(self.policy, call.name)
        if query.response_layout is not None:
            check_layout(self.policy, query.response_layout)
            self._scope_guard.check_response_layout(query.response_layout)
        meta = await self._whole(query.layout)
        check_query(self.policy, meta, query)
        return meta
