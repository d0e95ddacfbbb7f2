"""Which groups an answer shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from ...criteria.collation import order_of
from ...criteria.residual import COMPARISONS
from ...errors import InputError, NameUnknown
from ...text.near_names import near
from ...text.numbers import number_in

DIRECTIONS = {
    "asc": False,
    "ascend": False,
    "ascending": False,
    "desc": True,
    "descend": True,
    "descending": True,
}
SIGNS = str.maketrans("_:(),", "     ")
CONDITIONS = ("gt", "gte", "lt", "lte", "is", "not", "between")


@dataclass(frozen=True)
class Heading:
    """A column of the result, and what else people call it."""

    name: str
    also: tuple[str, ...] = ()

    def is_meant_by(self, said: str) -> bool:
        return _plainly(said) in map(_plainly, (self.name, *self.also))


@dataclass(frozen=True)
class Order:
    """A column of the result and its direction."""

    place: int
    descending: bool


Condition = tuple[int, str, Decimal]
"""Column, operator, limit."""


def order(columns: Sequence[Heading], sort: Sequence[str]) -> tuple[Order, ...]:
    """`Name` or `-Name` of result columns. Raises NameUnknown."""
    found: list[Order] = []
    for said in sort:
        if any(column.name == said for column in columns):
            found.append(Order(_place(columns, said), descending=False))
            continue
        bare, _, direction = said.rpartition(" ")
        if bare and direction.lower() in DIRECTIONS:
            found.append(Order(_place(columns, bare), DIRECTIONS[direction.lower()]))
        else:
            found.append(Order(_place(columns, said.removeprefix("-")), said.startswith("-")))
    return tuple(found)


def having(columns: Sequence[Heading], said: Mapping[str, object] | None) -> tuple[Condition, ...]:
    """Conditions on figures, all of which hold. Raises NameUnknown and InputError."""
    found: list[Condition] = []
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


def holds(row: Sequence[object], conditions: Sequence[Condition]) -> bool:
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


def _place(columns: Sequence[Heading], said: str) -> int:
    names = [column.name for column in columns]
    if said in names:
        return names.index(said)
    meant = [place for place, column in enumerate(columns) if column.is_meant_by(said)]
    if len(meant) == 1:
        return meant[0]
    raise NameUnknown(
        "column",
        said,
        where="in this summary",
        near=tuple(names[place] for place in meant) or near(said, names),
        advice=f"It has {', '.join(map(repr, names))}.",
    )


def _plainly(said: str) -> str:
    """`sum(Total)`, `sum_Total` and `Sum: Total` are `sum Total`."""
    return " ".join(said.casefold().translate(SIGNS).split())


def _limit(name: str, said: object) -> Decimal:
    if isinstance(said, float):
        said = repr(said)
    number = number_in(said) if isinstance(said, str | int | Decimal) and not isinstance(said, bool) else None
    if number is None:
        raise InputError(f"having on {name!r} takes a number, not {said!r}")
    return number
