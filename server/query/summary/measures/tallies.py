"""What is gathered for one measure of one group: a sum, an extreme, or a tally of values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from .exact import Content, Number, product, total
from .extremes import Either, Extreme, Pick


class Sum:
    """How many numbers, and their exact sum."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total: Number = 0

    def add(self, values: Sequence[Content]) -> None:
        """Within `numbers.EXACT`, which whoever gathers sets once for many."""
        self.count += len(values)
        self.total = sum(values, self.total)  # type: ignore[arg-type] -- operands of sums give numbers only

    def absorb(self, other: Sum) -> None:
        self.count += other.count
        self.total = total([other.total], self.total)

    def dump(self) -> list[object]:
        return [self.count, str(self.total)]

    def load(self, dumped: list[object]) -> None:
        self.count = int(str(dumped[0]))
        self.total = Decimal(str(dumped[1]))


class Squares(Sum):
    """The sum of the squares too."""

    __slots__ = ("squares",)

    def __init__(self) -> None:
        super().__init__()
        self.squares: Number = 0

    def add(self, values: Sequence[Content]) -> None:
        super().add(values)
        self.squares = total([product(v, v) for v in values if not isinstance(v, str)], self.squares)

    def absorb(self, other: Sum) -> None:
        super().absorb(other)
        self.squares = total([other.squares if isinstance(other, Squares) else 0], self.squares)

    def dump(self) -> list[object]:
        return [*super().dump(), str(self.squares)]

    def load(self, dumped: list[object]) -> None:
        super().load(dumped)
        self.squares = Decimal(str(dumped[2]))


class Tally:
    """How often each value occurred; what was spilled is no longer here."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[Content] = Counter()

    def add(self, values: Sequence[Content]) -> None:
        self.counts.update(values)

    def absorb(self, other: Tally) -> None:
        self.counts.update(other.counts)


Name = tuple[str | int | None, ...]
"""The values of a group."""
Gathered = Sum | Squares | Extreme | Either | Pick | Tally


class Cell:
    """All that is gathered of one group."""

    __slots__ = ("count", "gathered", "labels", "spellings")

    def __init__(self, gathers: Sequence[str], labels: tuple[object, ...] = ()) -> None:
        self.count = 0
        self.labels = labels
        self.spellings: dict[Name, int] = {}
        """As the group's values stand in the records, and how often; empty where only one spelling is possible."""
        self.gathered: list[Gathered] = [_new(each) for each in gathers]

    def absorb(self, other: Cell) -> None:
        self.count += other.count
        for name, count in other.spellings.items():
            self.spell(name, count)
        for mine, theirs in zip(self.gathered, other.gathered, strict=True):
            mine.absorb(theirs)  # type: ignore[arg-type] -- cells of one summary gather the same, place by place

    def spell(self, name: Name, count: int) -> None:
        self.spellings[name] = self.spellings.get(name, 0) + count

    def dump(self) -> str:
        parts = [None if isinstance(each, Tally) else each.dump() for each in self.gathered]
        spellings = list(self.spellings.items())
        return json.dumps([self.count, self.labels, spellings, parts], ensure_ascii=False, default=str)

    def load(self, text: str) -> None:
        self.count, labels, spellings, parts = json.loads(text)
        self.labels = tuple(labels)
        self.spellings = {tuple(name): count for name, count in spellings}
        for each, part in zip(self.gathered, parts, strict=True):
            if not isinstance(each, Tally):
                each.load(part)


def _new(gathers: str) -> Gathered:
    if gathers == "sum":
        return Sum()
    if gathers == "squares":
        return Squares()
    if gathers == "tally":
        return Tally()
    if gathers in ("first", "last"):
        return Pick(gathers == "last")
    return Either(gathers == "either most") if gathers.startswith("either") else Extreme(gathers == "most")
