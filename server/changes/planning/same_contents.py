"""Points out new records and rows whose contents exist already, such as a second identical payment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.query import FindRequest, Query
from ...dataapi.record import PortalRow, Record
from ...database.database import Database
from ...text.fingerprints import Fingerprints, fingerprint
from ...text.plain_parts import Listed
from ...text.sentence import say
from ..applying.apply_context import Exact
from ..contents.packed_items import PackedItems
from ..plans.codec import texts_of
from ..plans.field_check import same_value, stored_form
from ..plans.item import Item, RowChange, RowKind
from ..plans.step import SummedItems
from ..unhurried import Pace

LOOKED_FOR = 25
"""New records for which a plan looks, in one find for all of them."""
MOST_FIELDS = 8
LONGEST = 100
"""Characters of a text that is looked for."""
SHOWN = 50
FEW = 5
"""Records that are named."""
MOST_SETS = 100
"""Different sets of fields that the new records fill; those with further ones are not compared."""
MOST_PRINTS = 1_000_000
"""Contents that are remembered, over all of these sets; each takes 12 to 24 bytes."""
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


async def with_twins(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]
) -> PackedItems:
    """New records with the one that holds the same already, in FileMaker or earlier in the plan."""
    requests = [r for item in items[:LOOKED_FOR] for r in _requests(exact, meta, _telling(meta, item))]
    there: Sequence[Record] = ()
    if requests:
        page = await database.page(Query(meta.name, tuple(requests), limit=SHOWN, portals=()))
        there = page.records
    known, found, pace = _Contents(meta, there, items), PackedItems(), Pace()
    for number, (item, text) in enumerate(zip(items, texts_of(items), strict=True)):
        await pace.turn()
        values = _telling(meta, item)
        if twin := await known.like(values, number):
            found.add(replace(item, twin=twin))
        else:
            found.add(item, text)
        known.add(values, number)
    return found


class _Contents:
    """Records by what they hold in the fields that a new one fills, so that many are not compared one by one: those that are
    there, then those of the plan."""

    def __init__(self, meta: LayoutMeta, there: Sequence[Record], items: Sequence[Item]) -> None:
        self._meta = meta
        self._there = there
        self._items = items
        self._numbers: dict[Fields, Fingerprints] = {}
        """For each set of fields that was asked for: the first record with those contents."""
        self._most = min(MOST_SETS, max(1, MOST_PRINTS // max(1, len(items))))

    def add(self, values: Mapping[str, Value], number: int) -> None:
        """A record of the plan. One value alone tells nothing."""
        if len(values) > 1:
            for names, numbers in self._numbers.items():
                numbers.first(self._print(names, values), len(self._there) + number)

    async def like(self, values: Mapping[str, Value], number: int) -> str:
        """The first before that one which is `alike`; empty where there is none."""
        names = tuple(sorted(values))
        numbers = self._numbers.get(names)
        if numbers is None:
            if not names or len(self._numbers) == self._most:
                return ""
            numbers = self._numbers[names] = await self._all_before(names, number)
        own = self._contents(names, values)
        wanted = [own]
        if len(own) > 2:
            wanted += [(*own[:place], "", *own[place + 1 :]) for place in range(len(own))]
        found = [place for each in wanted if (place := numbers.get(fingerprint(*each))) is not None]
        if not found:
            return ""
        first = min(found) - len(self._there)
        return f"new record {first + 1}" if first >= 0 else self._there[min(found)].record_id

    async def _all_before(self, names: Fields, number: int) -> Fingerprints:
        numbers, pace = Fingerprints(len(self._there) + len(self._items)), Pace()
        for place, record in enumerate(self._there):
            numbers.first(self._print(names, record.fields), place)
        for place, item in enumerate(islice(self._items, number)):
            await pace.turn()
            values = _telling(self._meta, item)
            if len(values) > 1:
                numbers.first(self._print(names, values), len(self._there) + place)
        return numbers

    def _print(self, names: Fields, fields: Mapping[str, Value]) -> int:
        return fingerprint(*self._contents(names, fields))

    def _contents(self, names: Fields, fields: Mapping[str, Value]) -> Contents:
        metas = self._meta.fields
        return tuple(
            "" if (value := fields.get(name, "")) == "" else stored_form(metas.get(name), value)
            for name in names
        )


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
