"""The records behind one group of a summary: exactly those that were counted there, spellings and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ....criteria.calendar import UNITS, Calendar
from ....criteria.literal import number_text
from ....criteria.targets import Target, field_names
from ....criteria.terms import all_of
from ....dataapi.contents import Value
from ....dataapi.layout_meta import LayoutMeta
from ....dataapi.record import Record
from ....errors import InputError
from ....notes.value_spellings import Spellings
from ....text.numbers import number_in
from ....text.sentence import Sentence, neutral, say
from ...found_sets.answer_columns import single
from ...found_sets.found_set import FoundSet
from ..measures.combined_fields import days_between
from ..measures.operands import COMBINED
from .buckets import named
from .group_keys import Key, Keys
from .group_reader import BY_PERIOD
from .groups import Group, Languages

EXAMPLE = '{"Status": "Open", "Date (month)": "2026-03"}'


@dataclass(frozen=True)
class InGroup:
    """A test of a record, as criteria have them."""

    group: Group
    key: Key
    keys: Keys = field(compare=False)
    spellings: Spellings = field(compare=False)

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.group.target,) if self.group.days is None else self.group.days.targets

    def holds(self, record: Record) -> bool:
        columns: dict[str, tuple[Value]] = {}
        for target in self.targets:
            value = target.value(record)
            columns[target.name] = (next(iter(self.spellings.of(target.name, value)), value),)
        (key,) = self.keys.of(columns, 1)
        return self.keys.one(_comparable(key, self.group)) == self.key


def group_records(
    found_set: FoundSet,
    wanted: Mapping[str, object],
    calendar: Calendar,
    spellings: Spellings,
    languages: Languages,
) -> FoundSet:
    """The found set of one group: `wanted` has the columns and values of its row. Raises InputError and NameUnknown."""
    if not wanted:
        raise InputError("group is empty", advice=f"Give a row's columns and values: {EXAMPLE}.")
    tests: list[InGroup] = []
    words: list[Sentence] = []
    for column, value in wanted.items():
        group = column_group(found_set.layout, column, value, calendar, languages)
        if isinstance(value, dict | list):
            raise InputError(
                f"group takes {column!r} as the summary shows it, not {value!r}",
                advice="Conditions go to where.",
            )
        keys = Keys(group, calendar)
        key = keys.one(
            _comparable(value if isinstance(value, str | int | Decimal) else _number(value), group)
        )
        tests.append(InGroup(group, key, keys, spellings))
        words.append(
            say("%(field)s is empty", field=group.columns[0])
            if key is None
            else neutral(f"{group.columns[0]} = {value}")
        )
    return found_set.group(found_set.criteria.and_here(tuple(tests), all_of(words)))


def column_group(
    layout: LayoutMeta, column: str, value: object, calendar: Calendar, languages: Languages
) -> Group:
    """What a column of a summary groups by: `Status`, `Date (month)`, `Total (bands)`."""
    found = BY_PERIOD.fullmatch(column) if column not in field_names(layout) else None
    name, suffix = (column, "") if found is None else found.groups()
    days = None
    if made := COMBINED.fullmatch(name) if name not in field_names(layout) else None:
        days = days_between(layout, [made[2], made[3]], calendar.today())
    target = single(layout, name, "be grouped by") if days is None else days.targets[0]
    buckets = named(suffix, value, calendar)
    folds = target.type == "text" and not suffix and not target.meta.is_disguised
    period = suffix if suffix in UNITS else ""
    return Group(
        target, period, buckets=buckets, days=days, collation=languages(target.name) if folds else None
    )


def _comparable(key: Key | Decimal, group: Group) -> Key:
    """Numbers by their value, since an answer may show them in fewer characters; else the text itself."""
    if key is None or key == "":
        return None
    if group.target.type == "number" and group.buckets is None:
        number = number_in(key)
        return str(key) if number is None else number_text(number)
    return str(key)


def _number(value: object) -> Key | Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))
    return None if value is None else str(value)
