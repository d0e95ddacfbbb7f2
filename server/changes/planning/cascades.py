"""Related records that a delete takes along by the map of the solution: counted, and kept where they can come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import FindRequest, Query
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import Changed, FilemakerMcpError, Forbidden, InputError
from ...policy import RecordEffect, may_write
from ...policy.table_closings import closing_advice, deleting_layouts
from ...solution_map.known_layout import KnownLayout
from ...solution_map.near_tables import Cascade, TableKey
from ..applying.apply_context import Exact
from ..plans.field_check import same_value
from ..plans.item import Item, RowChange, RowKind
from .cascade_tally import CascadeTally

MOST_ROWS = 1_000
"""Of all that is kept for one step; what is beyond is counted only."""
Owner = tuple[int, Mapping[str, Value]]
"""The number of an item, and the fields of a record that goes with it."""
Gone = tuple[int, TableKey, RowChange]
AT_ONCE = 50
"""Values in one find."""
MOST_DEPTH = 4
"""Cascades behind cascades that are followed."""


@dataclass
class Cascades:
    """Made for one step of a plan."""

    database: Database
    exact: Exact
    map_date: str = ""
    """Of the map that was asked; empty where there is none to ask."""
    sentences: list[str] = field(default_factory=list[str])
    _tally: CascadeTally = field(default_factory=CascadeTally)
    _seen: set[tuple[TableKey, str]] = field(default_factory=set[tuple[TableKey, str]])
    """Records that go already, so that cascades in a circle end."""

    async def of_deleted(
        self, meta: LayoutMeta, records: Sequence[Record], items: Sequence[Item]
    ) -> list[Item]:
        """The items with the rows that go with their records and that no portal of the layout shows. What is not under the
        policy's eyes is told as such and nothing more."""
        known = await self.database.mapped(meta)
        if known is None or self.database.policy.scope is not None:
            return list(items)
        self.map_date = known.atlas.date
        self._seen |= {(known.table, record.record_id) for record in records}
        owners: list[Owner] = [(n, record.fields) for n, record in enumerate(records)]
        rows = await self._gone(known, known.table, owners, meta, 0)
        self._check_scripts(known, meta)
        self.sentences += self._tally.sentences(known.atlas)
        shown = {
            (known.atlas.table_of(row.occurrence), row.record_id) for item in items for row in item.related
        }
        further = [(at, row) for at, table, row in rows if (table, row.record_id) not in shown]
        return [
            replace(item, related=(*item.related, *(row for at, row in further if at == n)))
            for n, item in enumerate(items)
        ]

    async def _gone(
        self, known: KnownLayout, table: TableKey, owners: Sequence[Owner], owner: LayoutMeta, depth: int
    ) -> list[Gone]:
        """The rows of every cascade from the table, with the number of the item that they go with. `owner` is the layout of
        what they hang on. Rows that hang on rows which get another number when they come back could not find them again."""
        rows: list[Gone] = []
        for cascade in known.atlas.cascades_from(table):
            layout = await self._layout_of(known, cascade)
            if layout is None:
                continue
            further: list[Owner] = []
            is_found_again = not depth or not any(
                own in owner.fields and owner.fields[own].auto_enter for own, _, _ in cascade.match
            )
            for number, record in await self._matching(layout, cascade, owners):
                if (cascade.table, record.record_id) in self._seen:
                    continue
                self._seen.add((cascade.table, record.record_id))
                further.append((number, record.fields))
                self._tally.counts[cascade.table] += 1
                if (
                    is_found_again
                    and may_write(self.database.policy, RecordEffect.CREATE, layout.name)
                    and self._tally.kept < MOST_ROWS
                ):
                    self._tally.kept += 1
                    rows.append(
                        (number, cascade.table, _row(known.atlas.name_of(cascade.table), layout, record))
                    )
            if further and depth < MOST_DEPTH:
                rows += await self._gone(known, cascade.table, further, layout, depth + 1)
        return rows

    async def _layout_of(self, known: KnownLayout, cascade: Cascade) -> LayoutMeta | None:
        """An open layout of the rows' table on which they can be found, the one that shows most."""
        if not known.open.shows_table(cascade.table):
            self._tally.hidden[cascade.table] = None
            return None
        far = [theirs for _, operator, theirs in cascade.match if operator == "="]
        found: list[LayoutMeta] = []
        for place in known.open.places_of(cascade.table):
            try:
                meta = await self.database.layout(place.name)
            except FilemakerMcpError:  # one that cannot be described is of no use here
                continue
            if await self.database.mapped(meta) is not None and all(name in meta.fields for name in far):
                found.append(meta)
        if not far or len(far) < len(cascade.match) or not found:
            self._tally.uncounted[cascade.table] = None
            return None
        policy = self.database.policy
        return max(found, key=lambda m: (may_write(policy, RecordEffect.CREATE, m.name), len(m.fields)))

    async def _matching(
        self, layout: LayoutMeta, cascade: Cascade, owners: Sequence[Owner]
    ) -> list[tuple[int, Record]]:
        """The records of the layout that match the owners. An empty match field matches nothing."""
        wanted: list[tuple[int, dict[str, Value]]] = []
        for number, fields in owners:
            values = {theirs: fields[own] for own, _, theirs in cascade.match if fields.get(own, "") != ""}
            if len(values) == len(cascade.match):
                wanted.append((number, values))
            elif any(own not in fields for own, _, _ in cascade.match):
                self._tally.uncounted[cascade.table] = None
        found: list[tuple[int, Record]] = []
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            try:
                requests = tuple(self._request(layout, values) for _, values in part)
            except InputError:  # a field that no find can name
                self._tally.uncounted[cascade.table] = None
                return []
            page = await self.database.page(Query(layout.name, requests, limit=MOST_ROWS, portals=()))
            beyond = (page.found or 0) - len(page.records)
            if beyond > 0:
                self._tally.counts[cascade.table] += beyond
            for record in page.records:
                owner = next((n for n, values in part if _holds(layout, record, values)), None)
                if owner is not None:
                    found.append((owner, record))
        return found

    def _request(self, layout: LayoutMeta, values: Mapping[str, Value]) -> FindRequest:
        criteria = [self.exact(layout, name, value).criteria for name, value in values.items()]
        return FindRequest({name: text for each in criteria for name, text in each.items()})

    def _check_scripts(self, known: KnownLayout, meta: LayoutMeta) -> None:
        """Raises Forbidden where a table that the owner's script deletes from would lose records, or the owner's log."""
        gone = self._tally.tables
        for layout in deleting_layouts(self.database.policy, meta):
            place = known.atlas.layout(layout)
            table = None if place is None else known.atlas.table_of(place.occurrence)
            if table in gone:
                name = "some" if table in self._tally.hidden else known.atlas.name_of(table)
                raise Forbidden(
                    f"{name[:1].upper()}{name[1:]} records would go with what is deleted (solution map of {self.map_date}), past the owner's"
                    " script that deletes them, or they are the owner's log",
                    changed=Changed.NOTHING,
                    advice=closing_advice(self.database.policy, meta),
                )


def _row(name: str, layout: LayoutMeta, record: Record) -> RowChange:
    """A row that comes back through a layout of its own. It is kept and not shown: the portal that would show it is not there."""
    return RowChange(
        RowKind.REMOVE,
        name,
        name,
        record_id=record.record_id,
        mod_id=record.mod_id,
        layout=layout.name,
        whole=dict(record.fields),
    )


def _holds(layout: LayoutMeta, record: Record, values: Mapping[str, Value]) -> bool:
    return all(
        same_value(layout.fields[name], value, record.fields.get(name, "")) for name, value in values.items()
    )
