"""Which groups an answer shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from ..criteria.collation import order_of
from ..criteria.quantity import number_in
from ..criteria.residual import COMPARISONS
from ..errors import InputError, NameUnknown
from ..names import near

CONDITIONS = ("gt", "gte", "lt", "lte", "is", "not", "between")


@dataclass(frozen=True)
class Order:
    """A column of the result and its direction."""

    place: int
    descending: bool


def order(columns: Sequence[str], sort: Sequence[str]) -> tuple[Order, ...]:
    """`Name` or `-Name` of result columns. Raises NameUnknown."""
    found: list[Order] = []
    for said in sort:
        descending = said.startswith("-") and said not in columns
        found.append(Order(_place(columns, said[1:] if descending else said), descending))
    return tuple(found)


def having(columns: Sequence[str], said: Mapping[str, object] | None) -> tuple[tuple[int, str, Decimal], ...]:
    """Conditions on figures, all of which hold: (column, operator, limit)."""
    found: list[tuple[int, str, Decimal]] = []
    for name, condition in (said or {}).items():
        place = _place(columns, name)
        tests = (
            cast("Mapping[str, object]", condition) if isinstance(condition, Mapping) else {"is": condition}
        )
        for operator, limit in tests.items():
            if operator not in CONDITIONS:
                raise InputError(
                    f"having has no condition {operator!r}", advice=f"It has {', '.join(CONDITIONS)}."
                )
            if operator == "between":
                ends = cast("list[object]", limit) if isinstance(limit, list) else []
                if len(ends) != 2:
                    raise InputError(f"between on {name!r} takes two bounds: [from, to]")
                low, high = ends
                found += [(place, "gte", _limit(name, low)), (place, "lte", _limit(name, high))]
            else:
                found.append((place, operator, _limit(name, limit)))
    return tuple(found)


def holds(row: Sequence[object], conditions: Sequence[tuple[int, str, Decimal]]) -> bool:
    for place, operator, limit in conditions:
        figure = row[place]
        if not isinstance(figure, int | Decimal) or not COMPARISONS[operator](Decimal(figure), limit):
            return False
    return True


def in_order(rows: list[list[object]], by: Sequence[Order]) -> list[list[object]]:
    """By each column in turn; ties by the first columns, so that an answer never depends on the order of reading."""
    if not rows:
        return rows
    for place in reversed(range(len(rows[0]))):
        rows.sort(key=lambda row: _rank(row[place]))
    for each in reversed(by):
        rows.sort(key=lambda row: _rank(row[each.place]), reverse=each.descending)
    return rows


def _rank(value: object) -> tuple[int, object]:
    if value is None:
        return (0, 0)
    if isinstance(value, int | Decimal):
        return (1, value)
    return (2, order_of(str(value)))


def _place(columns: Sequence[str], name: str) -> int:
    if name in columns:
        return columns.index(name)
    raise NameUnknown(
        "column",
        name,
        where="in this summary",
        near=near(name, columns),
        advice=f"It has {', '.join(map(repr, columns))}.",
    )


def _limit(name: str, said: object) -> Decimal:
    if isinstance(said, float):
        said = repr(said)
    number = number_in(said) if isinstance(said, str | int | Decimal) and not isinstance(said, bool) else None
    if number is None:
        raise InputError(f"having on {name!r} takes a number, not {said!r}")
    return number
