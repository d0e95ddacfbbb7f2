"""Bands of a group as they are asked for: by weekday, by hour, by amount, by age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ....criteria.calendar import Calendar
from ....criteria.dates import span_of
from ....criteria.targets import Target
from ....errors import InputError
from .buckets import Hours, Weekdays, age, bands
from .groups import Group

BUCKETED = ("weekday", "hour")
"""Values of `by` that are no periods."""


class BucketReader:
    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def of(self, group: Group, name: str, options: Mapping[str, object]) -> Group:
        """The group in the bands that are asked for, or as it is. Raises InputError."""
        target, ways = group.target, [each for each in ("by", "bands", "age") if each in options]
        if len(ways) > 1:
            raise InputError(f"{name!r} is grouped by {' and '.join(ways)}; give one of them")
        if "on" in options and "age" not in options:
            raise InputError("on belongs to age: the day from which it is counted")
        if options.get("by") == "weekday":
            _refuse_type(target, ("date", "timeStamp", "text"), "only dates have weekdays")
            return replace(group, buckets=Weekdays(self._calendar.week_starts))
        if options.get("by") == "hour":
            _refuse_type(target, ("timeStamp", "time", "text"), "only timestamps and times have hours")
            return replace(group, buckets=Hours())
        if "bands" in options:
            if group.days is None:
                _refuse_type(target, ("number", "text"), "only numbers have bands; dates have age and by")
            return replace(group, buckets=bands(options["bands"], name))
        if "age" in options:
            _refuse_type(target, ("date", "timeStamp"), "only dates have an age")
            on = options.get("on")
            day = (
                self._calendar.today()
                if on is None
                else span_of(str(on), self._calendar, field=name).last_day
            )
            return replace(group, buckets=age(options["age"], name, day))
        return group


def _refuse_type(target: Target, types: Sequence[str], why: str) -> None:
    if target.type not in types:
        raise InputError(f"{target.name!r} is a {target.type.lower()} field; {why}")
