"""What a find cannot say, tested here on each record that the find brought."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...dataapi.contents import Value
from ...dataapi.record import Record
from ...text.numbers import content_number
from ..collation import folded, order_of
from ..offset import Offset
from ..quantity import digits_in, moment_in, seconds_in
from ..targets import Target

Ordered = tuple[str, str, str] | Decimal | datetime

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "not": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def measure(kind: str, value: Value) -> Ordered | None:
    """`value` as something with an order among its kind; None where it has none and so compares with nothing."""
    if kind == "number":
        return content_number(value)
    if kind == "digits":
        return digits_in(value)
    if kind in ("date", "timeStamp"):
        return moment_in(value)
    if kind == "time":
        return seconds_in(value)
    return order_of(str(value)) if value != "" else None


@dataclass(frozen=True)
class Identical:
    """The same text, case and all."""

    target: Target
    text: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        return any(str(value) == self.text for value in self.target.values(record))


@dataclass(frozen=True)
class Lined:
    """Line ends where the wanted text has them; the find could only ask for some character there."""

    target: Target
    text: str
    operator: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        wanted = folded(self.text)
        for value in self.target.values(record):
            have = folded(str(value))
            if (
                (self.operator == "is" and have == wanted)
                or (self.operator == "contains" and wanted in have)
                or (self.operator == "starts_with" and have.startswith(wanted))
                or (self.operator == "ends_with" and have.endswith(wanted))
            ):
                return True
        return False


@dataclass(frozen=True)
class Compared:
    """A field against another field of the record, or against a constant in an order that the host does not have."""

    target: Target
    operator: str
    kind: str
    """How both sides are read: `number`, `date`, `timeStamp`, `time` or `text`."""
    other: Target | Value
    plus: Offset | None = None
    """What is added to the other field first."""

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target, self.other) if isinstance(self.other, Target) else (self.target,)

    def holds(self, record: Record) -> bool:
        right = self.other.value(record) if isinstance(self.other, Target) else self.other
        limit: object | None = measure(self.kind, right)
        if limit is not None and self.plus is not None:
            limit = self.plus.added(limit)
        if limit is None:
            return False
        compare = COMPARISONS[self.operator]
        sides = (measure(self.kind, value) for value in self.target.values(record))
        return any(compare(side, limit) for side in sides if side is not None)


@dataclass(frozen=True)
class Within:
    """Both bounds held by one value: for rows and repetitions, where two tests could be met by two values."""

    target: Target
    kind: str
    bounds: tuple[tuple[str, Value], ...]
    """(`gt`, limit) ..."""

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        limits = [(COMPARISONS[name], measure(self.kind, limit)) for name, limit in self.bounds]
        for value in self.target.values(record):
            have = measure(self.kind, value)
            if have is not None and all(compare(have, limit) for compare, limit in limits):
                return True
        return False


@dataclass(frozen=True)
class NotPlain:
    """Content that its field's type does not read: text in a number field."""

    target: Target

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        values = (value for value in self.target.values(record) if value != "")
        return any(measure(self.target.type, value) is None for value in values)


@dataclass(frozen=True)
class Empty:
    """No content at all, in any row or repetition."""

    target: Target

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        return all(value == "" for value in self.target.values(record))
