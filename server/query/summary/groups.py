"""Groups of a summary: by a field's content, by the period that a date lies in, by a key that shows a label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from ...criteria.calendar import UNITS, Calendar, moved
from ...criteria.quantity import moment_in
from ...criteria.targets import Target, field_names
from ...dataapi.models import LayoutMeta, Value
from ...errors import InputError
from ...text.near_names import near
from ..found_sets.answer_columns import single
from ..found_sets.field_guesses import NAME, key_behind, likely_relations
from .rank import Heading

BY_PERIOD = re.compile(rf"(.+) \(({'|'.join(UNITS)})\)")
MOST = 3
NO_DATE = "(text, no date)"
WAYS = '"Status", {"field": "Date", "by": "month"} (day to fiscal_year), {"field": "Customer ID", "label": "Customer::Name"}'

Key = str | int | None
"""A group's value as it is shown; None for empty."""


@dataclass(frozen=True)
class Group:
    target: Target
    period: str = ""
    label: Target | None = None
    guessed: str = ""
    """Says that we chose the key or the label ourselves."""

    @property
    def columns(self) -> tuple[str, ...]:
        name = f"{self.target.name} ({self.period})" if self.period else self.target.name
        return (name,) if self.label is None else (name, self.label.name)

    @property
    def headings(self) -> tuple[Heading, ...]:
        own = Heading(self.columns[0], (self.target.name, self.period) if self.period else ())
        return (own,) if self.label is None else (own, Heading(self.label.name))

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.target.name,) if self.label is None else (self.target.name, self.label.name)


def groups(layout: LayoutMeta, wanted: Sequence[object]) -> tuple[Group, ...]:
    """Raises InputError and NameUnknown for what cannot be grouped by."""
    if len(wanted) > MOST:
        raise InputError(
            f"Groups go {MOST} deep at the most", advice="Ask twice, or put a condition into where."
        )
    return tuple(_group(layout, each) for each in wanted)


def _group(layout: LayoutMeta, said: object) -> Group:
    if isinstance(said, str):
        return _named(layout, said)
    options = dict(cast("Mapping[str, object]", said)) if isinstance(said, Mapping) else {}
    name, period, label = options.pop("field", None), options.pop("by", ""), options.pop("label", None)
    if options or not isinstance(name, str) or not isinstance(period, str):
        raise InputError(f"{said!r} is no group", advice=f"Write {WAYS}.")
    target = single(layout, name, "be grouped by")
    if period and period not in UNITS:
        raise InputError(
            f"There is no period {period!r}",
            advice=f"Did you mean {' or '.join(near(period, UNITS)) or 'one of these'}? {', '.join(UNITS)}",
        )
    if period and target.type not in ("date", "timeStamp", "text"):
        raise InputError(f"{target.name!r} is a {target.type} field; only dates have periods")
    if isinstance(label, str):
        return Group(target, period, single(layout, label, "be a label"))
    return Group(target, period) if period else _with_guess(layout, target)


def _named(layout: LayoutMeta, said: str) -> Group:
    if said in field_names(layout):
        return _with_guess(layout, single(layout, said, "be grouped by"))
    if found := BY_PERIOD.fullmatch(said):
        return _group(layout, {"field": found.group(1), "by": found.group(2)})
    if said.lower() in UNITS:
        dates = [name for name, meta in layout.fields.items() if meta.type in ("date", "timeStamp")]
        example = f'Write {{"field": "{dates[0]}", "by": "{said.lower()}"}}.' if dates else ""
        listed = f" Dates here: {', '.join(dates)}." if len(dates) > 1 else ""
        raise InputError(f"{said!r} is a period, and of which date is not said", advice=example + listed)
    return _with_guess(layout, single(layout, said, "be grouped by"))


def _with_guess(layout: LayoutMeta, target: Target) -> Group:
    """Two customers of one name stay two: a related name is grouped by the key that probably points to it, and shown."""
    if target.meta.is_related:
        key = key_behind(layout, target.name) if NAME.search(target.name.partition("::")[2]) else None
        if key is None:
            return Group(target)
        return Group(
            single(layout, key, "be grouped by"),
            "",
            target,
            f"grouped by {key!r}, taken for the key of {target.name!r}",
        )
    occurrence = likely_relations(layout).get(target.name)
    names = (f for f in layout.fields.values() if f.name.startswith(f"{occurrence}::") and f.type == "text")
    name = next((f.name for f in names if NAME.search(f.name.partition("::")[2])), None)
    return Group(target) if name is None else Group(target, "", single(layout, name, "be a label"))


class Keys:
    """Makes the keys of records, each different content once. `shift` moves dates before their period is looked up."""

    def __init__(self, group: Group, calendar: Calendar, shift: tuple[str, int] | None = None) -> None:
        self._group = group
        self._calendar = calendar
        self._shift = shift
        self._known: dict[Value | None, Key] = {}

    def of(self, column: Sequence[Value | None]) -> Sequence[Key]:
        known = self._known
        if len(known) > 100_000:
            known.clear()
        try:
            return [known[value] for value in column]
        except KeyError:
            for value in set(column):
                known[value] = self._key(value)
            return [known[value] for value in column]

    def _key(self, value: Value | None) -> Key:
        if value is None or value == "":
            return None
        if not self._group.period:
            return value if isinstance(value, str | int) else format(value, "f")
        moment = moment_in(value)
        if moment is None:
            return NO_DATE
        day: date = moment.date()
        return self._calendar.label(self._group.period, moved(day, *self._shift) if self._shift else day)
