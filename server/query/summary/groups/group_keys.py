"""The key under which a record is counted: its content, its period, its band; and which keys are spellings of one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from ....criteria.calendar import Calendar, moved
from ....criteria.literal import number_text
from ....criteria.quantity import moment_in
from ....dataapi.contents import Value
from ....database.missing_fields import NO_ACCESS
from .buckets import NO_DATE
from .groups import Group

Key = str | int | None
"""A group's value as it is shown; None for empty."""
MOST_KNOWN = 100_000


class Keys:
    """Makes the keys of records, each different content once. `shift` moves dates before their period is looked up."""

    def __init__(self, group: Group, calendar: Calendar, shift: tuple[str, int] | None = None) -> None:
        self._group = group
        self._calendar = calendar
        self._shift = shift
        self._known: dict[Value | None, Key] = {}
        self._one: dict[Key, Key] = {}
        self.starts: dict[Key, date] = {}
        """Of periods that came: the first day of each."""

    def of(self, columns: Mapping[str, Sequence[Value | None]], count: int) -> Sequence[Key]:
        days = self._group.days
        if days is None:
            return self.of_values(columns[self._group.target.name])
        numbers = days.values(columns, count, Counter())
        return self.of_values(numbers)

    def of_values(self, column: Sequence[Value | None]) -> Sequence[Key]:
        known = self._known
        if len(known) > MOST_KNOWN:
            known.clear()
        try:
            return [known[value] for value in column]
        except KeyError:
            for value in set(column):
                known[value] = self._key(value)
            return [known[value] for value in column]

    @property
    def has_spellings(self) -> bool:
        return self._group.collation is not None

    def one(self, key: Key) -> Key:
        """The same for all spellings of a value."""
        collation = self._group.collation
        if collation is None or not isinstance(key, str):
            return key
        if len(self._one) > MOST_KNOWN:
            self._one.clear()
        found = self._one.get(key)
        if found is None:
            found = self._one[key] = collation.key(key)
        return found

    def _key(self, value: Value | None) -> Key:
        if value is None or value == "":
            return None
        if (
            value == NO_ACCESS
        ):  # what the account may not see is neither a number nor a date, and no text either
            return NO_ACCESS
        if self._group.buckets is not None:
            return self._group.buckets.label_of(value)
        if not self._group.period:
            return value if isinstance(value, str | int) else number_text(Decimal(value))
        moment = moment_in(value)
        if moment is None:
            return NO_DATE
        day: date = moment.date()
        day = moved(day, *self._shift) if self._shift else day
        label = self._calendar.label(self._group.period, day)
        self.starts[label] = self._calendar.start(self._group.period, day)
        return label
