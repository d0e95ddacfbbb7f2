"""The records behind one group of a summary: exactly those that were counted there, spellings and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ...criteria.calendar import Calendar
from ...criteria.literal import number_text
from ...criteria.targets import Target, field_names
from ...dataapi.models import LayoutMeta, Record
from ...errors import InputError
from ...notes.value_spellings import Spellings
from ...text.numbers import number_in
from ..found_sets.answer_columns import single
from ..found_sets.found_set import FoundSet
from .groups import BY_PERIOD, Group, Key, Keys

EXAMPLE = '{"Status": "Open", "Date (month)": "2026-03"}'


@dataclass(frozen=True)
class InGroup:
    """A test of a record, as criteria have them."""

    group: Group
    key: Key
    keys: Keys
    spellings: Spellings

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.group.target,)

    def holds(self, record: Record) -> bool:
        value = self.group.target.value(record)
        (key,) = self.keys.of((next(iter(self.spellings.of(self.group.target.name, value)), value),))
        return _comparable(key, self.group) == self.key


def members(
    found_set: FoundSet, said: Mapping[str, object], calendar: Calendar, spellings: Spellings
) -> FoundSet:
    """The found set of one group: `said` has the columns and values of its row. Raises InputError and NameUnknown."""
    if not said:
        raise InputError("group is empty", advice=f"Give a row's columns and values: {EXAMPLE}.")
    tests: list[InGroup] = []
    words: list[str] = []
    for column, value in said.items():
        group = column_group(found_set.layout, column)
        if isinstance(value, dict | list):
            raise InputError(
                f"group takes {column!r} as the summary shows it, not {value!r}",
                advice="Conditions go to where.",
            )
        key = _comparable(value if isinstance(value, str | int | Decimal) else _number(value), group)
        tests.append(InGroup(group, key, Keys(group, calendar), spellings))
        words.append(f"{group.columns[0]} = {'empty' if key is None else key}")
    return found_set.within(found_set.criteria.and_here(tuple(tests), " and ".join(words)))


def column_group(layout: LayoutMeta, column: str) -> Group:
    """What a column of a summary groups by: `Status`, `Date (month)`."""
    found = BY_PERIOD.fullmatch(column) if column not in field_names(layout) else None
    name, period = (column, "") if found is None else found.groups()
    return Group(single(layout, name, "be grouped by"), period)


def _comparable(key: Key | Decimal, group: Group) -> Key:
    """Numbers by their value, since an answer may show them in fewer characters; else the text itself."""
    if key is None or key == "":
        return None
    if group.target.type == "number":
        number = number_in(key)
        return str(key) if number is None else number_text(number)
    return str(key)


def _number(value: object) -> Key | Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))
    return None if value is None else str(value)
