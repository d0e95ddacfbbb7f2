"""Bands of a summary: by amount, by age, by weekday, by hour. Each knows its labels in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, cast

from ....criteria.calendar import Calendar
from ....criteria.dates import WEEKDAYS
from ....criteria.literal import number_text
from ....criteria.quantity import moment_in, seconds_in
from ....dataapi.contents import Value
from ....errors import InputError
from ....text.numbers import content_number

NO_DATE = "(text, no date)"
NO_NUMBER = "(text, no number)"
NOT_DUE = "not yet due"
LABEL = re.compile(r"<(?P<under>\S+)|(?P<low>\S+) to <(?P<high>\S+)|(?P<over>\S+) and more")
AGE_LABEL = re.compile(r"(?P<low>\d+)-(?P<high>\d+)|(?P<over>\d+)\+")


class Buckets(Protocol):
    @property
    def suffix(self) -> str:
        """Behind the field's name in a column: `bands`."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """In their order."""
        ...

    def label_of(self, value: Value) -> str:
        """For a content that is not empty."""
        ...


@dataclass(frozen=True)
class Bands:
    """Between bounds that ascend; each band has its lower bound in it."""

    bounds: tuple[Decimal, ...]
    suffix: str = "bands"

    @property
    def labels(self) -> tuple[str, ...]:
        texts = [number_text(bound) for bound in self.bounds]
        inner = [f"{low} to <{high}" for low, high in pairwise(texts)]
        return (f"<{texts[0]}", *inner, f"{texts[-1]} and more")

    def label_of(self, value: Value) -> str:
        number = content_number(value)
        return NO_NUMBER if number is None else self.labels[_place(number, self.bounds)]


@dataclass(frozen=True)
class Age:
    """Whole days from a date to `day`; what lies after that day is not yet due."""

    bounds: tuple[int, ...]
    day: date

    @property
    def suffix(self) -> str:
        return f"age on {self.day.isoformat()}"

    @property
    def labels(self) -> tuple[str, ...]:
        inner = [f"{low}-{high - 1}" for low, high in pairwise(self.bounds)]
        return (NOT_DUE, *inner, f"{self.bounds[-1]}+")

    def label_of(self, value: Value) -> str:
        moment = moment_in(value)
        if moment is None:
            return NO_DATE
        return self.labels[_place((self.day - moment.date()).days, self.bounds)]


@dataclass(frozen=True)
class Weekdays:
    """From the day on which the owner's week begins."""

    first: int
    suffix: str = "weekday"

    @property
    def labels(self) -> tuple[str, ...]:
        names = [name.capitalize() for name in WEEKDAYS]
        return (*names[self.first :], *names[: self.first])

    def label_of(self, value: Value) -> str:
        moment = moment_in(value)
        return NO_DATE if moment is None else WEEKDAYS[moment.weekday()].capitalize()


@dataclass(frozen=True)
class Hours:
    """Of timestamps and times."""

    suffix: str = "hour"

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(f"{hour:02}" for hour in range(24))

    def label_of(self, value: Value) -> str:
        moment = moment_in(value)
        if moment is not None:
            return f"{moment.hour:02}"
        seconds = seconds_in(value)
        return "(text, no time)" if seconds is None else f"{int(seconds // 3600):02}"


def bands(given: object, name: str) -> Bands:
    """Raises InputError for what are no ascending numbers."""
    return Bands(tuple(_ascending(given, name, "bands")))


def age(given: object, name: str, day: date) -> Age:
    """Raises InputError for what are no ascending counts of days."""
    bounds = _ascending(given, name, "age")
    if any(bound < 0 or bound != int(bound) for bound in bounds):
        raise InputError(f"age of {name!r} takes whole days from 0 on", advice='Such as "age": [30, 60, 90].')
    days = [int(bound) for bound in bounds]
    return Age(tuple(days if days[0] == 0 else [0, *days]), day)


def named(suffix: str, label: object, calendar: Calendar) -> Buckets | None:
    """The buckets of a column of an answer, one of whose labels is `label`; None for another suffix."""
    if suffix == "weekday":
        return Weekdays(calendar.week_starts)
    if suffix == "hour":
        return Hours()
    if suffix == "bands":
        found = LABEL.fullmatch(str(label))
        bounds = [part for part in found.groups() if part is not None] if found else ["0"]
        return Bands(
            tuple(Decimal(bound) for bound in bounds if content_number(bound) is not None) or (Decimal(0),)
        )
    if suffix.startswith("age on "):
        found = AGE_LABEL.fullmatch(str(label))
        low, high, over = found.groups() if found else (None, None, None)
        limits = [int(over)] if over else [int(low), int(high) + 1] if low and high else [0]
        return Age(tuple(limits), date.fromisoformat(suffix.removeprefix("age on ")))
    return None


def _ascending(given: object, name: str, what: str) -> list[Decimal]:
    listed = cast("list[object]", given) if isinstance(given, list) else []
    numbers = [number for each in listed if (number := _number(each)) is not None]
    ascends = all(a < b for a, b in pairwise(numbers))
    if not numbers or len(numbers) != len(listed) or not ascends:
        raise InputError(
            f"{what} of {name!r} takes numbers that ascend, not {given!r}",
            advice=f'Such as "{what}": {[30, 60, 90] if what == "age" else [0, 100, 1000]}.',
        )
    return numbers


def _number(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return None
    return content_number(repr(given) if isinstance(given, float) else given)


def _place(number: Decimal | int, bounds: Sequence[Decimal | int]) -> int:
    return sum(1 for bound in bounds if number >= bound)
