"""Reads related rows whole before they go, through a layout of their own table: a portal shows only a part of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import FilemakerMcpError
from ...policy import RecordEffect, may_write
from ...policy.tables import table_of
from ...text.plain_parts import Name
from ...text.sentence import say
from ..plans.item import Item, RowChange, RowKind
from ..plans.marks import is_comparable, same_content
from .records_by_id import Progress, records_by_id, unheard

MOST_ROWS = 1_000
"""Of one step; what is beyond comes back as far as its portal shows it."""
LOOKED_AT = 4
"""Layouts of a table that are compared by how much they show."""


class RowImages:
    """Made for one step; `warnings` say what would not come back."""

    def __init__(self, database: Database, report: Progress = unheard) -> None:
        self._database = database
        self._report = report
        self.warnings: list[str] = []

    async def of_deleted(self, items: Sequence[Item]) -> list[Item]:
        """The items with whole images of the rows that may go with their records."""
        rows = await self._whole([row for item in items for row in item.related])
        if not rows:
            return list(items)
        found = iter(rows)
        return [replace(item, related=tuple(next(found) for _ in item.related)) for item in items]

    async def of_removed(self, items: Sequence[Item]) -> list[Item]:
        """The items with whole images of the rows that they remove."""
        rows = await self._whole([r for item in items for r in item.rows if r.kind is RowKind.REMOVE])
        if not rows:
            return list(items)
        found = iter(rows)
        return [
            replace(
                item,
                rows=tuple(next(found) if row.kind is RowKind.REMOVE else row for row in item.rows),
            )
            for item in items
        ]

    async def _whole(self, rows: Sequence[RowChange]) -> list[RowChange]:
        whole = list(rows)
        for occurrence in dict.fromkeys(row.occurrence for row in rows):
            places = [n for n, row in enumerate(rows) if row.occurrence == occurrence]
            own = await self._own_layout(occurrence) if occurrence else None
            if own is None:
                self.warnings.append(
                    say(
                        "Rows of %(occurrence)s can come back only as far as the portal shows them, and only if it "
                        "lets rows be made: no layout of their own is open.",
                        occurrence=Name(occurrence or rows[places[0]].portal),
                    )
                )
                continue
            if len(places) > MOST_ROWS:
                self.warnings.append(
                    say(
                        "Of %(count)s rows of %(occurrence)s the first %(most_rows)s can come back whole, the "
                        "others as far as the portal shows them.",
                        count=len(places),
                        occurrence=Name(occurrence),
                        most_rows=MOST_ROWS,
                    )
                )
            ids = [str(rows[n].record_id) for n in places[:MOST_ROWS]]
            seen = await records_by_id(self._database, own.name, ids, (), self._report)
            for n in places[:MOST_ROWS]:
                record = seen.get(str(rows[n].record_id))
                if record is not None and _is_it(own, rows[n], record):
                    whole[n] = replace(rows[n], layout=own.name, whole=dict(record.fields))
        return whole

    async def _own_layout(self, occurrence: str) -> LayoutMeta | None:
        """The layout of that occurrence's table which shows most and may be written to; the owner's `tables` tell of occurrences
        that are one table. Hosts before 19 do not tell whose a layout is (section 5.1); there one of the same
        name is taken, and its records are compared."""
        policy = self._database.policy
        listed = await self._database.layouts()
        table = table_of(policy, occurrence)
        told = [item for item in listed if item.table and table_of(policy, item.table) == table]
        candidates = told or [item for item in listed if not item.table and item.name == occurrence]
        names = [item.name for item in candidates if may_write(policy, RecordEffect.CREATE, item.name)]
        names.sort(key=lambda name: name != occurrence)
        found: list[LayoutMeta] = []
        for name in names[:LOOKED_AT]:
            try:
                found.append(await self._database.layout(name))
            except FilemakerMcpError:  # one that cannot be described is of no use here
                continue
        return max(found, key=lambda meta: len(meta.fields), default=None)


def _is_it(own: LayoutMeta, row: RowChange, record: Record) -> bool:
    """Whether the record under the row's number is the row: a layout of the same name may be of another table."""
    bare = {name.partition("::")[2]: value for name, value in row.before.items()}
    common = [name for name in bare if name in record.fields and is_comparable(own.field_named(name))]
    return (
        record.mod_id == row.mod_id
        and bool(common)
        and all(same_content(own.field_named(name), bare[name], record.fields[name]) for name in common)
    )
