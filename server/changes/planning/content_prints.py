"""Records of the same contents, told by fingerprints of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.record import Record
from ...text.fingerprints import Fingerprints, fingerprint
from ..plans.field_check import stored_form
from ..plans.item import Item
from ..unhurried import Pace

Fields = tuple[str, ...]
Contents = tuple[object, ...]
MOST_FIELDS = 8
LONGEST = 100
"""Characters of a text that is looked for."""
MOST_SETS = 100
"""Different sets of fields that the new records fill; those with further ones are not compared."""
MOST_PRINTS = 1_000_000
"""Contents that are remembered, over all of these sets; each takes 12 to 24 bytes."""


class ContentPrints:
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
            values = telling(self._meta, item)
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


def telling(meta: LayoutMeta, item: Item) -> dict[str, Value]:
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
