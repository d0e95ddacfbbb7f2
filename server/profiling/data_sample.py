"""A sample of records from the whole table, and exact counts of what a sample would miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..criteria.criteria import understand
from ..dataapi.contents import Value
from ..dataapi.layout_meta import FieldMeta, LayoutMeta
from ..dataapi.query import Query
from ..dataapi.record import Record

if TYPE_CHECKING:
    from ..database.database import Database

PAGE = 200


@dataclass(frozen=True)
class Sample:
    layout: LayoutMeta
    found: int
    """Records there are."""
    records: tuple[Record, ...]

    @property
    def is_everything(self) -> bool:
        return len(self.records) >= self.found

    @property
    def said(self) -> str:
        if self.is_everything:
            return f"all {self.found:,} records"
        return f"{len(self.records):,} of {self.found:,} records"

    def fields(self, *types: str) -> Iterator[FieldMeta]:
        """The layout's own fields of these types: no related ones, no globals, no summaries."""
        for field in self.layout.fields.values():
            single = field.max_repetitions == 1 and not field.is_related and not field.is_global
            if field.type in types and single and field.kind != "summary":
                yield field

    def values(self, field: FieldMeta) -> Counter[Value]:
        """Contents with how often; empty ones too."""
        return Counter(record.fields.get(field.name, "") for record in self.records)

    def filled(self, field: FieldMeta) -> Counter[Value]:
        values = self.values(field)
        del values[""]
        return values


async def sampled(database: Database, layout: str, most: int) -> Sample:
    """At most `most` records in pages that lie evenly over the table, since what is old is often written otherwise."""
    meta = await database.layout(layout)
    size = min(PAGE, most)
    first = await database.page(Query(layout, limit=size, portals=()))
    records = {record.record_id: record for record in first.records}
    pages = min(-(-most // size), -(-first.reach // size))
    for number in range(1, pages):
        offset = 1 + number * (first.reach - size) // (pages - 1)
        page = await database.page(Query(layout, offset=offset, limit=size, portals=()))
        records.update((record.record_id, record) for record in page.records)
    return Sample(meta, first.reach, tuple(records.values())[:most])


async def counted(database: Database, layout: LayoutMeta, where: object) -> int:
    """How many records of the whole table match: one small find."""
    criteria = understand(where, None, layout, database.calendar)
    return await database.count(layout.name, criteria.requests)
