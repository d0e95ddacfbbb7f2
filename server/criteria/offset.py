"""What is added to another field before it is compared: days, weeks, months, years, hours, minutes, or a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from ..errors import InputError
from ..text.numbers import number_in
from .calendar import moved

UNITS = {"days": "day", "weeks": "week", "months": "month", "quarters": "quarter", "years": "year"}
SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
WAY = (
    '{"field": "Order Date", "plus": {"days": 30}}; minus likewise; of a number {"field": "Limit", "plus": 5}'
)


@dataclass(frozen=True)
class Offset:
    """Steps in turn, then seconds; or a number."""

    steps: tuple[tuple[str, int], ...] = ()
    seconds: int = 0
    number: Decimal | None = None

    def added(self, value: object) -> object | None:
        """A number or a moment, moved; None where it leaves the calendar or is neither."""
        if self.number is not None:
            return value + self.number if isinstance(value, Decimal) else None
        if not isinstance(value, datetime):
            return None
        try:
            day = value.date()
            for unit, count in self.steps:
                day = moved(day, unit, count)
            return datetime.combine(day, value.time()) + timedelta(seconds=self.seconds)
        except OverflowError:
            return None

    def __str__(self) -> str:
        if self.number is not None:
            return f"{self.number:+f}"
        parts = [f"{count:+} {unit}{'' if abs(count) == 1 else 's'}" for unit, count in self.steps]
        return " ".join([*parts, *([f"{self.seconds:+} seconds"] if self.seconds else [])])


@dataclass(frozen=True)
class OtherField:
    """A field as an operand, perhaps moved."""

    name: str
    plus: Offset | None = None


def other_field(operand: object, field: str) -> OtherField | None:
    """What `{"field": ...}` means; None for another operand. Raises InputError for one that is written otherwise."""
    if not isinstance(operand, Mapping) or "field" not in operand:
        return None
    parts = dict(cast("Mapping[str, object]", operand))
    name = parts.pop("field")
    if not isinstance(name, str) or len(parts) > 1 or not parts.keys() <= {"plus", "minus"}:
        raise InputError(f"{operand!r} for {field!r} names no field to compare with", advice=f"Write {WAY}.")
    if not parts:
        return OtherField(name)
    ((way, amount),) = parts.items()
    return OtherField(name, _offset(amount, 1 if way == "plus" else -1))


def _offset(amount: object, sign: int) -> Offset:
    if isinstance(amount, str | int | float) and not isinstance(amount, bool):
        number = number_in(str(amount))
        if number is not None:
            return Offset(number=sign * number)
    steps: list[tuple[str, int]] = []
    seconds = 0
    for unit, count in cast("Mapping[str, object]", amount).items() if isinstance(amount, Mapping) else ():
        plural = unit if unit.endswith("s") else f"{unit}s"
        if isinstance(count, bool) or not isinstance(count, int) or plural not in (*UNITS, *SECONDS):
            raise InputError(f"{amount!r} is nothing that can be added", advice=f"Write {WAY}.")
        if plural in UNITS:
            steps.append((UNITS[plural], sign * count))
        else:
            seconds += sign * count * SECONDS[plural]
    if not steps and not seconds:
        raise InputError(f"{amount!r} is nothing that can be added", advice=f"Write {WAY}.")
    return Offset(tuple(steps), seconds)
