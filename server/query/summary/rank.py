"""The order of the groups of a summary, by the columns of the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ...criteria.collation import order_of
from ...errors import NameUnknown
from ...text.near_names import near
from ...text.numbers import content_number

DIRECTIONS = {
    "asc": False,
    "ascend": False,
    "ascending": False,
    "desc": True,
    "descend": True,
    "descending": True,
}
SIGNS = str.maketrans("_:(),", "     ")


@dataclass(frozen=True)
class Heading:
    """A column of the result, and what else people call it."""

    name: str
    also: tuple[str, ...] = ()
    ranks: Mapping[str, int] = field(default_factory=dict[str, int])
    """The places of its values, where they have an order of their own."""

    def is_meant_by(self, wanted: str) -> bool:
        return _plainly(wanted) in map(_plainly, (self.name, *self.also))


@dataclass(frozen=True)
class Order:
    """A column of the result and its direction."""

    place: int
    descending: bool


@dataclass(frozen=True)
class Ranking:
    """How the values of each column sort: empty ones first, numbers by size, bands in their order, then texts."""

    columns: Sequence[Heading]
    numeric: Collection[int] = ()
    """Columns of texts that are numbers."""

    def of(self, place: int, value: object) -> tuple[int, object]:
        if value is None:
            return (0, 0)
        if isinstance(value, int | Decimal):
            return (1, value)
        text = str(value)
        rank = self.columns[place].ranks.get(text)
        if rank is not None:
            return (1, rank)
        number = content_number(text) if place in self.numeric else None
        return (2, order_of(text)) if number is None else (1, number)


def order(columns: Sequence[Heading], sort: Sequence[str]) -> tuple[Order, ...]:
    """`Name` or `-Name` of result columns. Raises NameUnknown."""
    found: list[Order] = []
    for wanted in sort:
        if any(column.name == wanted for column in columns):
            found.append(Order(place_of(columns, wanted), descending=False))
            continue
        bare, _, direction = wanted.rpartition(" ")
        if bare and direction.lower() in DIRECTIONS:
            found.append(Order(place_of(columns, bare), DIRECTIONS[direction.lower()]))
        else:
            found.append(Order(place_of(columns, wanted.removeprefix("-")), wanted.startswith("-")))
    return tuple(found)


def in_order(rows: list[list[object]], by: Sequence[Order], ranking: Ranking) -> list[list[object]]:
    """By each column in turn; ties by the first columns, so that an answer never depends on the order of reading."""
    if not rows:
        return rows
    for place in reversed(range(len(rows[0]))):
        rows.sort(key=lambda row: ranking.of(place, row[place]))
    for each in reversed(by):
        rows.sort(key=lambda row: ranking.of(each.place, row[each.place]), reverse=each.descending)
    return rows


def place_of(columns: Sequence[Heading], wanted: str) -> int:
    """Of the column that a name means. Raises NameUnknown."""
    names = [column.name for column in columns]
    if wanted in names:
        return names.index(wanted)
    meant = [place for place, column in enumerate(columns) if column.is_meant_by(wanted)]
    if len(meant) == 1:
        return meant[0]
    raise NameUnknown(
        "column",
        wanted,
        where="in this summary",
        near=tuple(names[place] for place in meant) or near(wanted, names),
        advice=f"It has {', '.join(map(repr, names))}.",
    )


def _plainly(wanted: str) -> str:
    """`sum(Total)`, `sum_Total` and `Sum: Total` are `sum Total`."""
    return " ".join(wanted.casefold().translate(SIGNS).split())
