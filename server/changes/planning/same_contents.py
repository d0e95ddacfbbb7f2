"""Points out new records and rows whose contents exist already, such as a second identical payment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.query import FindRequest, Query
from ...dataapi.record import PortalRow, Record
from ...database.database import Database
from ...text.plain_parts import Listed
from ...text.sentence import say
from ..applying.apply_context import Exact
from ..contents.packed_items import PackedItems
from ..plans.codec import texts_of
from ..plans.field_check import same_value
from ..plans.item import Item, RowChange, RowKind
from ..plans.step import SummedItems
from ..unhurried import Pace
from .content_prints import MOST_FIELDS, ContentPrints, telling

LOOKED_FOR = 25
"""New records for which a plan looks, in one find for all of them."""
SHOWN = 50
FEW = 5
"""Records that are named."""


def alike(
    fields: Mapping[str, FieldMeta | None], one: Mapping[str, Value], other: Mapping[str, Value]
) -> bool:
    """Whether two records hold the same, but for a field that one of them leaves empty; two fields at least, or the only one."""
    pairs = [(fields[name], one[name], other.get(name, "")) for name in one if one[name] != ""]
    filled = [(field, mine, theirs) for field, mine, theirs in pairs if theirs != ""]
    if not filled or len(filled) < min(2, len(pairs)) or len(pairs) - len(filled) > 1:
        return False
    return all(same_value(field, mine, theirs) for field, mine, theirs in filled)


def row_twin(meta: LayoutMeta, after: Mapping[str, Value], rows: Iterable[PortalRow]) -> str:
    """The id of a row of the portal that holds what a new one would; empty where there is none."""
    named = {name: meta.field_named(name) for name in after}
    return next((row.record_id for row in rows if alike(named, after, row.fields)), "")


async def with_twins(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]
) -> PackedItems:
    """New records with the one that holds the same already, in FileMaker or earlier in the plan."""
    requests = [r for item in items[:LOOKED_FOR] for r in _requests(exact, meta, telling(meta, item))]
    there: Sequence[Record] = ()
    if requests:
        page = await database.page(Query(meta.name, tuple(requests), limit=SHOWN, portals=()))
        there = page.records
    known, found, pace = ContentPrints(meta, there, items), PackedItems(), Pace()
    for number, (item, text) in enumerate(zip(items, texts_of(items), strict=True)):
        await pace.turn()
        values = telling(meta, item)
        if twin := await known.like(values, number):
            found.add(replace(item, twin=twin))
        else:
            found.add(item, text)
        known.add(values, number)
    return found


def twin_warnings(items: Sequence[Item]) -> list[str]:
    """What is said of them, for whoever agrees."""
    sentences: list[str] = []
    if not has_twins(items.telling if isinstance(items, SummedItems) else items):
        return sentences
    records = [
        say("%(record)s like %(twin)s", record=item.label or say("a new one"), twin=item.twin)
        for item in items
        if item.twin
    ]
    if records:
        sentences.append(
            say(
                "Records with the same contents are there already: %(records)s. Is this one more?",
                records=Listed.of(records, FEW),
            )
        )
    rows = [(item, row) for item in items for row in item.rows if row.kind is RowKind.ADD and row.twin]
    if rows:
        which = [
            say(
                "%(portal)s of %(record)s like row %(twin)s",
                portal=row.portal,
                record=item.label or item.record_id or "",
                twin=row.twin,
            )
            for item, row in rows
        ]
        sentences.append(
            say(
                "Rows with the same contents are there already: %(rows)s. Is this one more?",
                rows=Listed.of(which, FEW),
            )
        )
    return sentences


def has_twins(items: Sequence[Item]) -> bool:
    return any(item.twin or any(row.twin for row in item.rows) for item in items)


def marked(meta: LayoutMeta, changes: Sequence[RowChange], rows: Sequence[PortalRow]) -> list[RowChange]:
    """New rows with the row that holds the same already, in the portal or earlier among them."""
    found: list[RowChange] = []
    for number, change in enumerate(changes):
        if change.kind is not RowKind.ADD:
            found.append(change)
            continue
        before = [
            PortalRow(f"new {n + 1}", "", other.after)
            for n, other in enumerate(changes[:number])
            if other.kind is RowKind.ADD
        ]
        found.append(replace(change, twin=row_twin(meta, change.after, [*rows, *before])))
    return found


def _requests(exact: Exact, meta: LayoutMeta, values: Mapping[str, Value]) -> list[FindRequest]:
    """A find for the same contents, and for the same but for one field that the other may leave empty."""
    # The scope's own fields are alike in every record there is, and no criterion can name them.
    told = [(name, value) for name, value in values.items() if name not in meta.limited_to]
    parts = [(name, exact(meta, name, value).criteria) for name, value in told[:MOST_FIELDS]]
    if len(parts) < 2:
        return []
    left_out = [None, *(name for name, _ in parts)] if len(parts) > 2 else [None]
    return [
        FindRequest({n: text for name, part in parts if name != without for n, text in part.items()})
        for without in left_out
    ]
