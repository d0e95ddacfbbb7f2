"""Conditions on the columns of a summary: figures, days and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from ...criteria.calendar import Calendar
from ...criteria.checks.residual import COMPARISONS
from ...criteria.collation import folded, order_of
from ...criteria.dates import DateSpan, span_of
from ...criteria.habits import word_for
from ...criteria.quantity import moment_in
from ...errors import InputError
from ...text.near_names import near
from ...text.numbers import number_in
from .rank import Heading, place_of

CONDITIONS = ("gt", "gte", "lt", "lte", "is", "not", "between", "any_of")


@dataclass(frozen=True)
class Condition:
    """On the column at `place`. `span`: what the limit is where the column holds days."""

    place: int
    operator: str
    limit: Decimal | str | None
    span: DateSpan | None = None
    others: tuple[Condition, ...] = ()
    """Of `any_of`: the conditions of which one holds."""

    def holds(self, row: Sequence[object]) -> bool:
        if self.others:
            return any(other.holds(row) for other in self.others)
        figure = row[self.place]
        if self.limit is None or figure is None:
            is_same = figure is None and self.limit is None
            return is_same if self.operator == "is" else self.operator == "not" and not is_same
        if isinstance(figure, int | Decimal):
            limit = number_in(self.limit)
            return limit is not None and COMPARISONS[self.operator](Decimal(figure), limit)
        text = str(figure)
        moment = moment_in(text)
        if self.span is not None and moment is not None:
            return _in_span(self.operator, text, self.span)
        if isinstance(self.limit, Decimal):
            number = number_in(text)
            return number is not None and COMPARISONS[self.operator](number, self.limit)
        if self.operator in ("is", "not"):
            return (folded(text) == folded(self.limit)) is (self.operator == "is")
        return COMPARISONS[self.operator](order_of(text), order_of(self.limit))


def having(
    columns: Sequence[Heading], wanted: Mapping[str, object] | None, calendar: Calendar
) -> tuple[Condition, ...]:
    """Conditions on columns, all of which hold. Raises NameUnknown and InputError."""
    found: list[Condition] = []
    for name, condition in (wanted or {}).items():
        place = place_of(columns, name)
        if isinstance(condition, Mapping):
            tests = dict(cast("Mapping[str, object]", condition))
        else:
            tests = {"any_of" if isinstance(condition, list) else "is": cast("object", condition)}
        for operator, limit in tests.items():
            found += _conditions(place, name, operator, limit, calendar)
    return tuple(found)


def _conditions(place: int, name: str, operator: str, limit: object, calendar: Calendar) -> list[Condition]:
    if operator not in CONDITIONS:
        meant = word_for(operator) or next(iter(near(operator, CONDITIONS)), None)
        hint = f"Did you mean {meant!r}? " if meant in CONDITIONS else ""
        raise InputError(
            f"having has no condition {operator!r}", advice=f"{hint}It has {', '.join(CONDITIONS)}."
        )
    values = cast("list[object]", limit) if isinstance(limit, list) else []
    if operator == "between":
        if len(values) != 2:
            raise InputError(f"between on {name!r} takes two bounds: [from, to]")
        return [
            _condition(place, name, "gte", values[0], calendar),
            _condition(place, name, "lte", values[1], calendar),
        ]
    if operator == "any_of":
        if not values:
            raise InputError(f"any_of on {name!r} takes a list of values with at least one")
        others = tuple(_condition(place, name, "is", each, calendar) for each in values)
        return [Condition(place, "any_of", None, others=others)]
    return [_condition(place, name, operator, cast("object", limit), calendar)]


def _condition(place: int, name: str, operator: str, limit: object, calendar: Calendar) -> Condition:
    if limit is None or limit == "":
        return Condition(place, operator, None)
    if isinstance(limit, float):
        limit = repr(limit)
    if isinstance(limit, bool) or not isinstance(limit, str | int | Decimal):
        raise InputError(f"having on {name!r} takes a number, a date or a text, not {limit!r}")
    number = number_in(limit)
    try:
        span = span_of(str(limit), calendar, field=name)
    except InputError:
        span = None
    return Condition(place, operator, str(limit) if number is None else number, span)


def _in_span(operator: str, text: str, span: DateSpan) -> bool:
    """A day or moment against a period, which counts as a whole."""
    moment = moment_in(text)
    if moment is None:
        return False
    if operator in ("is", "not"):
        return (span.start <= moment <= span.end) is (operator == "is")
    if operator == "gt":
        return moment > span.end
    if operator == "gte":
        return moment >= span.start
    return moment < span.start if operator == "lt" else moment <= span.end
