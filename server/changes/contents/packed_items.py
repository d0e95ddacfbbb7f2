"""The items of a step, packed: a plan of 200,000 records takes some megabytes of memory, and no more while it is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from ...dataapi.contents import Value
from ...text.packed_lines import PackedLines, Unpacked
from ..plans.codec import read_item, written
from ..plans.item import Item, RowChange
from ..plans.step import SummedItems

FEW = 500
"""Items that are not worth packing."""
MOST_SHAPES = 100
"""That are kept."""
Trait = tuple[object, ...]


class Sums:
    """What is known of items that come one after another. `telling` are the first ones that have a trait which none before them had:
    there are no more of them than there are fields, portals and kinds of rows."""

    def __init__(self) -> None:
        self.writes = self.rows = 0
        self.telling: list[Item] = []
        self._traits = set[Trait]()
        self._shapes = set[Trait]()
        """Of items whose traits are known. Most items of a step have the same one."""

    def add(self, item: Item) -> None:
        self.writes += item.writes
        self.rows += len(item.rows)
        shape = _shape(item)
        if shape in self._shapes:
            return
        if shape is not None and len(self._shapes) < MOST_SHAPES:
            self._shapes.add(shape)
        new = {trait for trait in _traits(item) if trait not in self._traits}
        if new:
            self._traits |= new
            self.telling.append(item)


class PackedItems(SummedItems):
    """Items are added one after another."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._lines = PackedLines()
        self._items = Unpacked(self._lines, read_item)
        self._known: Sums | None = Sums()
        """None where some were added without a look at them, until somebody goes through all."""
        for item in items:
            self.add(item)

    def add(self, item: Item, text: str | None = None) -> None:
        """`text` is how it is written, where that is known."""
        self._lines.append(written(item) if text is None else text)
        if self._known is not None:
            self._known.add(item)

    def add_unread(self, text: str) -> None:
        """For somebody who goes through all of them before anything else is asked."""
        self._lines.append(text)
        self._known = None

    @property
    def _sums(self) -> Sums:
        known = self._known
        if known is None:
            known = Sums()
            for item in self._items:
                known.add(item)
            self._known = known  # whole: another thread may ask
        return known

    @property
    def writes(self) -> int:
        return self._sums.writes

    @property
    def rows(self) -> int:
        return self._sums.rows

    @property
    def telling(self) -> Sequence[Item]:
        return self._sums.telling

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, number: int) -> Item: ...
    @overload
    def __getitem__(self, number: slice) -> Unpacked[Item]: ...
    def __getitem__(self, number: int | slice) -> Item | Unpacked[Item]:
        return self._items[number]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items) if self._known is not None else self._looked_at()

    def _looked_at(self) -> Iterator[Item]:
        sums = Sums()
        for item in self._items:
            sums.add(item)
            yield item
        self._known = sums

    def texts(self) -> Iterator[str]:
        return iter(self._lines)

    def without(self, numbers: Collection[int]) -> PackedItems:
        left = PackedItems()
        for number, text in enumerate(self._lines):
            if number not in numbers:
                left.add(read_item(text), text)
        return left

    @property
    def fewest(self) -> SummedItems | tuple[Item, ...]:
        """As they are, or plainly where there are few."""
        return tuple(self) if len(self) <= FEW else self


def _shape(item: Item) -> Trait | None:
    """The same for items with the same traits. None for those with rows, files or values from an earlier step."""
    if item.rows or item.related or item.files or item.file is not None or item.later:
        return None
    values = (*item.before.items(), None, *item.after.items())
    named = tuple([each and (each[0], each[1] != "") for each in values])
    return (item.own, bool(item.twin), item.again, item.record_id is None, named)


def _traits(item: Item) -> Iterator[Trait]:
    """What passes over all items of a step ask for: names of fields, and whether something is there."""
    yield ("own", item.own)
    yield ("twin", bool(item.twin))
    yield ("again", item.again)
    yield ("first", item.record_id is None)
    yield from _names("before", item.before)
    yield from _names("after", item.after)
    yield from (("later", name, origin.step, origin.field) for name, origin in item.later.items())
    for what, rows in (("row", item.rows), ("related", item.related)):
        for row in rows:
            yield from _row(what, item.own, row)
    files = item.files if item.file is None else (item.file, *item.files)
    yield from (("file", item.file is not None, file.field) for file in files)


def _row(what: str, own: bool, row: RowChange) -> Iterator[Trait]:
    yield (what, own, row.kind, row.portal, row.occurrence, bool(row.twin))
    place = (what, row.kind, row.portal, row.occurrence)
    yield from _names((*place, "before"), row.before)
    yield from _names((*place, "after"), row.after)


def _names(what: object, values: Mapping[str, Value]) -> Iterator[Trait]:
    value: Any
    for name, value in values.items():
        yield (what, name, value != "")
