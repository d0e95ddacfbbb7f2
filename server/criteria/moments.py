"""Criteria on date, timestamp and time fields. Dates go out in US order, whatever the file's locale (section 7.5)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ..dataapi.wire import us_date, us_timestamp
from ..errors import InputError
from ..text.lengths_of_time import time_text
from ..text.plain_parts import Day, Part
from ..text.sentence import Sentence, marked, say
from .calendar import Calendar
from .checks.record_tests import ranged_test
from .dates import DateSpan, span_of
from .habits import bound_meant
from .numeric import SIGNS, ranged
from .operators import ORDERED
from .quantity import seconds_in
from .targets import Target
from .terms import Meaning, bounds_said, host, is_value

OPERATORS = ORDERED | {"invalid"}


def meaning(target: Target, operand: object, calendar: Calendar) -> Meaning:
    """`is`: the day, the moment, the time, or anything within a period."""
    if target.type == "time":
        text = _time_text(operand, target.name)
        test = ranged_test(target, [("is", text)])
        return host(target.name, f"={text}", is_value(target.name, text), test)
    span = _span(operand, target, calendar)
    return _covering(target, span, is_value(target.name, _named(operand, span)))


def bounded(target: Target, bounds: dict[str, object], calendar: Calendar) -> Meaning:
    if target.type == "time":
        texts = {name: _time_text(limit, target.name) for name, limit in bounds.items()}
        seconds = {name: seconds_in(text) or Decimal(0) for name, text in texts.items()}
        low = [s for name, s in seconds.items() if name.startswith("gt")]
        high = [s for name, s in seconds.items() if name.startswith("lt")]
        strict = bool({"gt", "lt"} & texts.keys())
        reverse = bool(low and high) and (low[0] > high[0] or (low[0] == high[0] and strict))
        return ranged(target, texts, texts, reverse)
    spans = {name: _span(limit, target, calendar) for name, limit in bounds.items()}
    sentence = bounds_said(target.name, (_bound_said(name, bounds[name], s) for name, s in spans.items()))
    return (
        _days_bounded(target, spans, sentence)
        if target.type == "date"
        else _moments_bounded(target, spans, sentence)
    )


def _covering(target: Target, span: DateSpan, given: Sentence) -> Meaning:
    if target.type == "date":
        return _days(target, span.first_day, span.last_day, given)
    if span.is_moment:
        test = ranged_test(target, [("is", span.start.isoformat())])
        return host(target.name, f"=={us_timestamp(span.start)}", given, test)
    test = ranged_test(target, [("gte", span.start.isoformat()), ("lte", span.end.isoformat())])
    return host(target.name, f"{us_timestamp(span.start)}...{us_timestamp(span.end)}", given, test)


def _days(target: Target, first: date, last: date, given: Sentence) -> Meaning:
    """From one day to another, both included."""
    test = ranged_test(target, [("gte", first.isoformat()), ("lte", last.isoformat())])
    start, end = us_date(first), us_date(last)
    return host(target.name, f"=={start}" if first == last else f"{start}...{end}", given, test)


def _days_bounded(target: Target, spans: dict[str, DateSpan], given: Sentence) -> Meaning:
    """Days are counted, so every bound is a day that is included."""
    first: date | None = None
    last: date | None = None
    for name, span in spans.items():
        if name == "gt":
            first = span.last_day + timedelta(days=1)
        elif name == "gte":
            first = span.first_day
        elif name == "lt":
            last = span.first_day - timedelta(days=1)
        else:
            last = span.last_day
    if first is None or last is None:
        sign, day = ("gte", first) if first is not None else ("lte", last or date.max)
        test = ranged_test(target, [(sign, day.isoformat())])
        return host(target.name, SIGNS[sign] + us_date(day), given, test)
    if first > last:
        raise InputError(f"Nothing lies between: {given}", advice="Give the earlier date first.")
    return _days(target, first, last, given)


def _moments_bounded(target: Target, spans: dict[str, DateSpan], given: Sentence) -> Meaning:
    """A bound that is a day means the whole day."""
    texts: dict[str, str] = {}
    limits: dict[str, datetime] = {}
    for name, span in spans.items():
        sign, limit = name, span.start
        if not span.is_moment and name == "gt":
            sign, limit = "gte", datetime.combine(span.last_day + timedelta(days=1), time())
        elif not span.is_moment and name == "lte":
            sign, limit = ("lte", span.end) if len(spans) > 1 else ("lt", _day_after(span))
        elif not span.is_moment and name == "lt" and len(spans) > 1:
            sign, limit = "lte", span.start - timedelta(microseconds=1)
        texts[sign], limits[sign] = us_timestamp(limit), limit
    low = [v for n, v in limits.items() if n.startswith("gt")]
    high = [v for n, v in limits.items() if n.startswith("lt")]
    strict = bool({"gt", "lt"} & texts.keys())
    reverse = bool(low and high) and (low[0] > high[0] or (low[0] == high[0] and strict))
    values = {name: limit.isoformat() for name, limit in limits.items()}
    found = ranged(target, texts, values, reverse)
    return Meaning(found.branches, given)


def _day_after(span: DateSpan) -> datetime:
    return datetime.combine(span.last_day + timedelta(days=1), time())


def _span(operand: object, target: Target, calendar: Calendar) -> DateSpan:
    if isinstance(operand, int) and not isinstance(operand, bool) and 1000 <= operand <= 4000:
        operand = str(operand)
    if not isinstance(operand, str):
        raise InputError(
            f"{target.name!r} holds {'dates' if target.type == 'date' else 'timestamps'}; {operand!r} is none",
            advice="Write an ISO date such as 2026-03-09, or a period such as last_month.",
        )
    if meant := bound_meant(operand):
        raise InputError(f"{operand!r} for {target.name!r} is not one date", advice=meant)
    return span_of(operand, calendar, field=target.name)


def _named(operand: object, span: DateSpan) -> Part:
    if span.is_relative and str(operand) != str(span):
        return Sentence("%(what)s (%(how)s)", {"what": str(operand), "how": _days_said(span)})
    return _days_said(span)


def _days_said(span: DateSpan) -> Part:
    """`2026-10-01 to 2026-10-31`."""
    if span.is_moment:
        return str(span)
    first, last = Day(span.first_day), Day(span.last_day)
    return first if span.first_day == span.last_day else say("%(first)s to %(last)s", first=first, last=last)


BOUNDS = {
    "gt": marked("after %(date)s"),
    "gte": marked("from %(date)s"),
    "lt": marked("before %(date)s"),
    "lte": marked("to %(date)s"),
}


def _bound_said(name: str, operand: object, span: DateSpan) -> Sentence:
    if not (span.is_relative or span.is_moment):  # 28 February of another year may be the 28th and the 29th
        return say(BOUNDS[name], date=Day(span.last_day if name in ("gt", "lte") else span.first_day))
    return say(BOUNDS[name], date=_named(operand, span))


def _time_text(operand: object, name: str) -> str:
    seconds = seconds_in(operand) if isinstance(operand, str) else None
    if seconds is None:
        raise InputError(f"{name!r} holds times; {operand!r} is none", advice="Write HH:MM or HH:MM:SS.")
    return time_text(seconds)
