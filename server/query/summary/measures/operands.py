"""What is counted, summed or compared: a field's values, or one value made of two fields, record by record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from ....criteria.collation import Collation, order_of
from ....criteria.quantity import digits_in, moment_in, seconds_in
from ....criteria.targets import Target
from ....dataapi.contents import Value
from ....database.missing_fields import NO_ACCESS
from ....text.numbers import content_number
from .exact import Number, Placed, difference, product
from .rank_text import rank_text

NUMBERS = {int, Decimal}
TODAY = "today"
HALF_NUMBER = "text with digits (FileMaker's own totals and finds read just the digits: 15 in 1e5)"
COMBINATIONS = ("difference", "product", "days_between")
COMBINED = re.compile(rf"({'|'.join(COMBINATIONS)})\((.+?), (.+)\)")

T = TypeVar("T")


@dataclass(frozen=True)
class Operand:
    """`combination` is empty for one field; `days_between` takes `today` in place of a field."""

    targets: tuple[Target, ...]
    combination: str = ""
    names: tuple[str, ...] = ()
    today: date | None = None
    is_numeric: bool = True
    """Numbers are wanted; else any content, as it is."""
    collation: Collation | None = None
    """For different texts: which spellings are one."""

    @property
    def name(self) -> str:
        if self.combination == "by":
            return " by ".join(self.names)
        return f"{self.combination}({', '.join(self.names)})" if self.combination else self.targets[0].name

    @property
    def kind(self) -> str:
        """`number`, `time` (seconds), or the field's own type where contents are taken as they are."""
        if not self.is_numeric:
            return self.targets[0].type
        return "time" if not self.combination and self.targets[0].type == "time" else "number"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(target.name for target in self.targets)

    def values(
        self, columns: Mapping[str, Sequence[Value | None]], count: int, unused: Counter[str]
    ) -> Sequence[Number | str | None]:
        """One for each record; None for those without, whose reasons are counted in `unused`."""
        if not self.combination:
            column = columns[self.targets[0].name]
            if self.is_numeric:
                return self._plain(column, unused)
            if self.collation is not None:
                column = _folded(column, self.collation)
            return _contents(column, unused, dates=self.kind in ("date", "timeStamp"))
        sides = [self._side(name, columns, count) for name in self.names]
        made: list[Number | None] = []
        for a, b in zip(*sides, strict=True):
            made.append(self._combined(a, b, unused))
        return made

    def placed(
        self, ids: Sequence[str], columns: Mapping[str, Sequence[Value | None]], unused: Counter[str]
    ) -> Sequence[Placed | None]:
        """Of two fields: the place by the second, the record id, and the value of the first."""
        value, by = self.targets
        places = [place_in_order(by.type, each, unused) for each in columns[by.name]]
        return [
            None if place is None or content is None or content == "" else (place, int(record_id), content)
            for place, record_id, content in zip(places, ids, columns[value.name], strict=True)
        ]

    def _plain(self, column: Sequence[Value | None], unused: Counter[str]) -> Sequence[Number | None]:
        if set(map(type, column)) <= NUMBERS:
            return column  # type: ignore[return-value] -- the line above is the proof
        if self.kind == "time":
            return [_read(value, seconds_in, unused) for value in column]
        found = [_read(value, content_number, unused) for value in column]
        if self.targets[0].type == "number":
            self._tell_half_numbers(column, unused)
        return found

    def _tell_half_numbers(self, column: Sequence[Value | None], unused: Counter[str]) -> None:
        """`5 kg` and `1e5` in a number field are no numbers here, and 5 and 15 in FileMaker's own totals and finds (section 7.5)."""
        half = sum(
            1
            for each in column
            if isinstance(each, str)
            and each != NO_ACCESS
            and digits_in(each) is not None
            and content_number(each) is None
        )
        unused["text"] -= half
        unused[HALF_NUMBER] += half

    def _side(
        self, name: str, columns: Mapping[str, Sequence[Value | None]], count: int
    ) -> Sequence[Value | None]:
        if name == TODAY and self.today is not None:
            return [self.today.isoformat()] * count
        return columns[name]

    def _combined(self, a: Value | None, b: Value | None, unused: Counter[str]) -> Number | None:
        if self.combination == "days_between":
            first, second = _read(a, moment_in, unused), _read(b, moment_in, unused)
            return None if first is None or second is None else (second.date() - first.date()).days
        left, right = _read(a, content_number, unused), _read(b, content_number, unused)
        if left is None or right is None:
            return None
        return difference(left, right) if self.combination == "difference" else product(left, right)


def _folded(column: Sequence[Value | None], collation: Collation) -> Sequence[Value | None]:
    keys = {value: collation.key(value) if isinstance(value, str) else value for value in set(column)}
    return [keys[value] for value in column]


def _contents(
    column: Sequence[Value | None], unused: Counter[str], *, dates: bool
) -> Sequence[Number | str | None]:
    different = set(column)
    text = {value for value in different if value != "" and value is not None and moment_in(value) is None}
    left_out = (text if dates else set[Value | None]()) | ({"", NO_ACCESS} & different)
    if not left_out:
        return column
    empty = sum(1 for value in column if value == "")
    kept = [None if value in left_out else value for value in column]
    closed = sum(1 for value in column if value == NO_ACCESS)
    unused["empty"] += empty
    unused["closed to this account"] += closed
    unused["text"] += sum(1 for value in kept if value is None) - empty - closed
    return kept


def _read(value: Value | None, read: Callable[[Value], T | None], unused: Counter[str]) -> T | None:
    if value is None or value == "":
        unused["empty"] += 1
        return None
    found = read(value)
    if found is None:
        unused["closed to this account" if value == NO_ACCESS else "text"] += 1
    return found


def place_in_order(kind: str, value: Value | None, unused: Counter[str]) -> str | None:
    """A text that sorts as the field's contents do; None where the content is not of its type."""
    reading = {"number": content_number, "date": moment_in, "timeStamp": moment_in, "time": seconds_in}.get(
        kind
    )
    if reading is None:
        return None if value is None or value == "" else "\0".join(order_of(str(value)))
    found = _read(value, reading, unused)
    if found is None:
        return None
    return rank_text(found) if isinstance(found, Decimal) else found.isoformat()
