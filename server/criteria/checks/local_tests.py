"""Conditions that are tested here alone, on a field whose name the Data API would read as a word of its own in a find."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from ...errors import InputError
from ...text.plain_parts import Name
from ...text.sentence import Sentence, say
from .. import numeric, text
from ..calendar import Calendar
from ..dates import span_of
from ..literal import number_text
from ..targets import Target
from ..terms import PHRASES, Meaning, bounds_said, here, is_value
from .predicate import Not, Predicate
from .residual import Compared, Empty, Identical, Lined, Within

TEXT = ("is", "contains", "starts_with", "ends_with")


def meaning(field: Target, name: str, operand: object, calendar: Calendar) -> Meaning:
    """`is` and, on text, its parts. Raises InputError for what only a find can tell."""
    if field.type == "text" and name in TEXT:
        wanted = text.text_of(operand, field.name)
        return _said(
            field, say(PHRASES[name], field=field.name, value=text.quoted(wanted)), Lined(field, wanted, name)
        )
    if field.type == "text" and name == "case_exact":
        wanted = text.text_of(operand, field.name)
        return _said(
            field,
            say("%(field)s is exactly %(value)s", field=field.name, value=text.quoted(wanted)),
            Identical(field, wanted),
        )
    if field.type == "number" and name == "is":
        number = number_text(numeric.number_of(operand, field.name))
        return _said(field, is_value(field.name, number), Compared(field, "is", "number", number))
    if name == "is":
        return bounded(field, {"gte": operand, "lte": operand}, calendar)
    raise InputError(
        f"{name} on {field.name!r} cannot be tested here, and in a find {field.name!r} is a word of the Data API",
        advice=f"It takes {', '.join(TEXT)}, case_exact, any_of, empty and bounds.",
    )


def empty(field: Target, wanted: bool) -> Meaning:
    test: Predicate = Empty(field)
    if wanted:
        return _said(field, say("%(field)s is empty", field=field.name), test)
    return _said(field, say("%(field)s is not empty", field=field.name), Not(test))


def bounded(field: Target, bounds: dict[str, object], calendar: Calendar) -> Meaning:
    """A bound or two, in the order of the field's type."""
    if field.type == "text":
        return text.bounded(field, bounds)
    if field.type == "number":
        limits = {name: number_text(numeric.number_of(limit, field.name)) for name, limit in bounds.items()}
    elif field.type == "time":
        limits = {name: str(limit) for name, limit in bounds.items()}
    else:
        limits = {name: _moment(name, limit, field, calendar) for name, limit in bounds.items()}
    shown = bounds_said(field.name, (f"{numeric.SIGNS[name]} {limit}" for name, limit in limits.items()))
    return _said(field, shown, Within(field, field.type, tuple(limits.items())))


def _moment(name: str, operand: object, field: Target, calendar: Calendar) -> str:
    """A day as a bound means the whole day."""
    span = span_of(str(operand), calendar, field=field.name)
    if name in ("gte", "lt"):
        return span.start.isoformat()
    end = span.end if span.is_moment else datetime.combine(span.last_day + timedelta(days=1), time())
    return (end if span.is_moment else end - timedelta(microseconds=1)).isoformat()


def _said(field: Target, what: Sentence, test: Predicate) -> Meaning:
    text = say(
        "%(what)s (tested here, since %(field)s is a word of the Data API)", what=what, field=Name(field.name)
    )
    return here(test, text)
