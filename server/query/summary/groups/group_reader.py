"""Groups as they are asked for, checked against a layout before anything is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from ....criteria.calendar import UNITS, Calendar
from ....criteria.targets import Target, field_names
from ....dataapi.layout_meta import LayoutMeta
from ....errors import InputError
from ....text.near_names import near
from ...found_sets.answer_columns import single
from ...found_sets.field_guesses import NAME, key_behind, likely_relations
from .. import other_words
from ..measures.combined_fields import days_between
from ..measures.operands import Operand
from .bucket_reader import BUCKETED, BucketReader
from .groups import Group, Languages

BY_PERIOD = re.compile(rf"(.+) \(({'|'.join((*UNITS, *BUCKETED))}|exact|bands|age on \d{{4}}-\d\d-\d\d)\)")
PERIOD_OF = re.compile(r"(\w+)\((.+)\)|(.+?)(?: by |:)(\w+)")
"""`month(Date)`, `Date by month`, `Date:month`."""
OPTIONS = ("field", "by", "label", "bands", "age", "on", "exact")
MOST = 3
WAYS = (
    '"Status", {"field": "Date", "by": "month"} (day to fiscal_year, weekday, hour), {"field": "Customer ID", "label": '
    '"Customer::Name"}, {"field": "Total", "bands": [0, 100]}, {"field": "Due Date", "age": [30, 60, 90]} (days, "on" a day), '
    '{"field": {"days_between": ["Date", "Paid On"]}, "bands": [0, 30]}, {"field": "E-Mail", "exact": true}'
)


class Grouping:
    """Reads groups for one layout."""

    def __init__(self, layout: LayoutMeta, calendar: Calendar, languages: Languages) -> None:
        self._layout = layout
        self._calendar = calendar
        self._languages = languages
        self._buckets = BucketReader(calendar)

    def groups(self, wanted: Sequence[object]) -> tuple[Group, ...]:
        """Raises InputError and NameUnknown for what cannot be grouped by."""
        if len(wanted) > MOST:
            raise InputError(
                f"Groups go {MOST} deep at the most", advice="Ask twice, or put a condition into where."
            )
        return tuple(self._group(each) for each in wanted)

    def _group(self, given: object) -> Group:
        if isinstance(given, str):
            return self._named(given)
        options = (
            dict(cast("Mapping[str, object]", given)) if isinstance(given, Mapping) else dict[str, object]()
        )
        _refuse_strangers(cast("object", given), options)
        days = self._days(options["field"])
        target = (
            days.targets[0]
            if days is not None
            else single(self._layout, str(options["field"]), "be grouped by")
        )
        if (days is not None or options.keys() & {"by", "bands", "age"}) and any(
            each.meta.is_disguised for each in (days.targets if days is not None else (target,))
        ):
            raise InputError(f"{target.name!r} is grouped as it is shown: the owner hides what it holds")
        if days is not None and not options.keys() <= {"field", "bands"}:
            raise InputError(f"days_between is grouped by bands, not by {given!r}", advice=f"Write {WAYS}.")
        name = target.name if days is None else days.name
        group = Group(target, self._period(target, options.get("by", "")), days=days)
        group = self._buckets.of(group, name, options)
        if not group.suffix or group.suffix == "exact":
            exact = options.get("exact", False)
            if not isinstance(exact, bool):
                raise InputError(f"exact takes true or false, not {exact!r}")
            group = self._compared(group, exact=exact)
        label = options.get("label")
        if isinstance(label, str):
            return replace(group, label=single(self._layout, label, "be a label"))
        return self._with_guess(group) if not group.suffix else group

    def _named(self, given: str) -> Group:
        if given in field_names(self._layout):
            return self._group({"field": given})
        if found := BY_PERIOD.fullmatch(given):
            name, by = found.groups()
            return self._group({"field": name, "exact": True} if by == "exact" else {"field": name, "by": by})
        by = given.lower()
        if by in (*UNITS, *BUCKETED):
            metas = self._layout.fields.items()
            dates = [name for name, meta in metas if meta.type in ("date", "timeStamp")]
            example = f'Write {{"field": "{dates[0]}", "by": "{by}"}}.' if dates else ""
            listed = f" Dates here: {', '.join(dates)}." if len(dates) > 1 else ""
            raise InputError(f"{given!r} is a period, and of which date is not said", advice=example + listed)
        if (found := PERIOD_OF.fullmatch(given)) and given not in self._layout.portals:
            unit, name = (found[1] or found[4]).lower(), found[2] or found[3]
            if unit in (*UNITS, *BUCKETED) and any(name == known for known in field_names(self._layout)):
                raise InputError(
                    f"{given!r} is no group", advice=f'Write {{"field": "{name}", "by": "{unit}"}}.'
                )
        return self._group({"field": given})

    def _days(self, field: object) -> Operand | None:
        if isinstance(field, str):
            return None
        operands = cast("dict[str, object]", field) if isinstance(field, dict) else dict[str, object]()
        names = operands.get("days_between")
        if len(operands) != 1 or not isinstance(names, list) or len(cast("list[object]", names)) != 2:
            raise InputError(f"{field!r} is no field to group by", advice=f"Write {WAYS}.")
        return days_between(
            self._layout, [str(each) for each in cast("list[object]", names)], self._calendar.today()
        )

    def _period(self, target: Target, period: object) -> str:
        if period == "" or period in BUCKETED:
            return ""
        if period not in UNITS:
            meant = other_words.period_for(str(period)) or " or ".join(near(str(period), (*UNITS, *BUCKETED)))
            raise InputError(
                f"There is no period {period!r}",
                advice=f"Did you mean {meant or 'one of these'}? {', '.join((*UNITS, *BUCKETED))}",
            )
        if target.type not in ("date", "timeStamp", "text"):
            raise InputError(f"{target.name!r} is a {target.type} field; only dates have periods")
        return str(period)

    def _compared(self, group: Group, *, exact: bool) -> Group:
        if exact and group.target.type != "text":
            raise InputError(
                f"exact tells spellings of text apart, and {group.name!r} is a {group.target.type} field"
            )
        if exact or group.target.type != "text" or group.target.meta.is_disguised:
            return group
        return replace(group, collation=self._languages(group.target.name))

    def _with_guess(self, group: Group) -> Group:
        """Two customers of one name stay two: a related name is grouped by the key that probably points to it, and shown."""
        layout, target = self._layout, group.target
        if target.meta.is_related:
            key = key_behind(layout, target.name) if NAME.search(target.name.partition("::")[2]) else None
            if key is None:
                return group
            behind = self._compared(Group(single(layout, key, "be grouped by")), exact=False)
            text = f"grouped by {key!r}, taken for the key of {target.name!r}"
            return replace(behind, label=target, guessed=text)
        occurrence = likely_relations(layout).get(target.name)
        names = (
            f for f in layout.fields.values() if f.name.startswith(f"{occurrence}::") and f.type == "text"
        )
        name = next((f.name for f in names if NAME.search(f.name.partition("::")[2])), None)
        return group if name is None else replace(group, label=single(layout, name, "be a label"))


def _refuse_strangers(given: object, options: Mapping[str, object]) -> None:
    for word in options:
        if word not in OPTIONS:
            meant = other_words.group_word_for(word) or next(iter(near(word, OPTIONS)), None)
            hint = f"Did you mean {meant!r}? " if meant else ""
            if (unit := word.lstrip("$").casefold()) in (*UNITS, *BUCKETED):
                hint = f'Write {{"field": "{options[word]}", "by": "{unit}"}}. '
            raise InputError(f"A group has no {word!r}", advice=f"{hint}Write {WAYS}.")
    if "field" not in options:
        raise InputError(f"{given!r} is no group", advice=f"Write {WAYS}.")
