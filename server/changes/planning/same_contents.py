"""Points out new records and rows whose contents exist already, such as a second identical payment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import anyio.lowlevel

from ...dataapi.models import FieldMeta, FindRequest, LayoutMeta, PortalRow, Query, Value
from ...database.database import Database
from ..applying.apply_context import Exact
from ..plans.field_check import same_value, stored_form
from ..plans.plan import Item, RowChange, RowKind

LOOKED_FOR = 25
"""New records for which a plan looks, in one find for all of them."""
MOST_FIELDS = 8
LONGEST = 100
"""Characters of a text that is looked for."""
SHOWN = 50
MOST_SETS = 100
"""Different sets of fields that the new records fill; those with further ones are not compared."""
BREATH = 200
"""Records after which others get their turn."""
Fields = tuple[str, ...]
Contents = tuple[object, ...]


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


async def with_twins(database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]) -> list[Item]:
    """New records with the one that holds the same already, in FileMaker or earlier in the plan."""
    named = [_telling(meta, item) for item in items]
    known = _Contents(meta)
    requests = [request for values in named[:LOOKED_FOR] for request in _requests(exact, meta, values)]
    if requests:
        page = await database.page(Query(meta.name, tuple(requests), limit=SHOWN, portals=()))
        for record in page.records:
            known.add(record.record_id, record.fields)
    found: list[Item] = []
    for number, (item, values) in enumerate(zip(items, named, strict=True)):
        if number % BREATH == 0:
            await anyio.lowlevel.checkpoint()
        twin = known.like(values)
        found.append(replace(item, twin=twin) if twin else item)
        if len(values) > 1:
            known.add(f"new record {number + 1}", values)
    return found


class _Contents:
    """Records by what they hold in the fields that a new one fills, so that many are not compared one by one."""

    def __init__(self, meta: LayoutMeta) -> None:
        self._meta = meta
        self._records: list[tuple[str, Mapping[str, Value]]] = []
        self._numbers: dict[Fields, dict[Contents, int]] = {}
        """For each set of fields that was asked for: the first record with those contents."""

    def add(self, name: str, fields: Mapping[str, Value]) -> None:
        number = len(self._records)
        self._records.append((name, fields))
        for names, numbers in self._numbers.items():
            numbers.setdefault(self._contents(names, fields), number)

    def like(self, values: Mapping[str, Value]) -> str:
        """The first that is `alike`; empty where there is none."""
        names = tuple(sorted(values))
        numbers = self._numbers.get(names)
        if numbers is None:
            if not names or len(self._numbers) == MOST_SETS:
                return ""
            numbers = self._numbers[names] = {}
            for number, (_, fields) in enumerate(self._records):
                numbers.setdefault(self._contents(names, fields), number)
        own = self._contents(names, values)
        wanted = [own]
        if len(own) > 2:
            wanted += [(*own[:place], "", *own[place + 1 :]) for place in range(len(own))]
        found = [numbers[contents] for contents in wanted if contents in numbers]
        return self._records[min(found)][0] if found else ""

    def _contents(self, names: Fields, fields: Mapping[str, Value]) -> Contents:
        metas = self._meta.fields
        return tuple(
            "" if (value := fields.get(name, "")) == "" else stored_form(metas.get(name), value)
            for name in names
        )


def twin_warnings(items: Sequence[Item]) -> list[str]:
    """What is said of them, for whoever agrees."""
    sentences: list[str] = []
    records = [f"{item.label or 'a new one'} like {item.twin}" for item in items if item.twin]
    if records:
        sentences.append(
            f"Records with the same contents are there already: {_few(records)}. Is this one more?"
        )
    rows = [(item, row) for item in items for row in item.rows if row.kind is RowKind.ADD and row.twin]
    if rows:
        which = [f"{row.portal} of {item.label or item.record_id} like row {row.twin}" for item, row in rows]
        sentences.append(f"Rows with the same contents are there already: {_few(which)}. Is this one more?")
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


def _telling(meta: LayoutMeta, item: Item) -> dict[str, Value]:
    """The values that are compared: of the record's own fields, not its key, and none that takes a find too far."""
    key = (item.key or ("",))[0]
    return {
        name: value
        for name, value in item.after.items()
        if value != "" and name != key and _is_telling(meta.fields.get(name), value)
    }


def _is_telling(field: FieldMeta | None, value: Value) -> bool:
    return (
        field is not None
        and not field.is_related
        and not field.is_disguised
        and field.max_repetitions == 1
        and field.type in ("text", "number", "date", "timeStamp", "time")
        and len(str(value)) <= LONGEST
        and "\n" not in str(value)
    )


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


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
