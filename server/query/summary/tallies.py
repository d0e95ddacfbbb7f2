"""What is gathered for one measure of one group: a sum, an extreme, or a tally of values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from ...criteria.collation import order_of
from .exact import EXACT, Number, total

Content = Number | str


class Sum:
    """How many numbers, and their exact sum."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total: Number = 0

    def add(self, values: Sequence[Content]) -> None:
        """Within `exact.EXACT`, which whoever gathers sets once for many."""
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


class Extreme:
    """The least or the greatest value; all are numbers, or all are texts."""

    __slots__ = ("best", "wants_most")

    def __init__(self, wants_most: bool) -> None:
        self.wants_most = wants_most
        self.best: Content | None = None

    def add(self, values: Sequence[Content]) -> None:
        candidates = set(values)
        if self.best is not None:
            candidates.add(self.best)
        if candidates:
            choose = max if self.wants_most else min
            self.best = choose(candidates, key=_rank)

    def absorb(self, other: Extreme) -> None:
        if other.best is not None:
            self.add([other.best])

    def dump(self) -> list[object]:
        return [
            None if self.best is None else isinstance(self.best, str),
            None if self.best is None else str(self.best),
        ]

    def load(self, dumped: list[object]) -> None:
        is_text, text = dumped
        self.best = None if text is None else str(text) if is_text else Decimal(str(text))


class Tally:
    """How often each value occurred; what was spilled is no longer here."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[Content] = Counter()

    def add(self, values: Sequence[Content]) -> None:
        self.counts.update(values)

    def absorb(self, other: Tally) -> None:
        self.counts.update(other.counts)


Gathered = Sum | Extreme | Tally


class Cell:
    """All that is gathered of one group."""

    __slots__ = ("count", "gathered", "labels")

    def __init__(self, gathers: Sequence[str], labels: tuple[object, ...] = ()) -> None:
        self.count = 0
        self.labels = labels
        self.gathered: list[Gathered] = [_new(each) for each in gathers]

    def absorb(self, other: Cell) -> None:
        self.count += other.count
        for mine, theirs in zip(self.gathered, other.gathered, strict=True):
            mine.absorb(theirs)  # type: ignore[arg-type] -- cells of one summary gather the same, place by place

    def dump(self) -> str:
        parts = [None if isinstance(each, Tally) else each.dump() for each in self.gathered]
        return json.dumps([self.count, self.labels, parts], ensure_ascii=False, default=str)

    def load(self, text: str) -> None:
        self.count, labels, parts = json.loads(text)
        self.labels = tuple(labels)
        for each, part in zip(self.gathered, parts, strict=True):
            if not isinstance(each, Tally):
                each.load(part)


def rank_text(value: Content) -> str:
    """A text whose order is the order of the values: numbers by size with every digit, then texts."""
    if isinstance(value, str):
        return "3" + value
    sign, figures, exponent = EXACT.normalize(Decimal(value)).as_tuple()
    digits = "".join(map(str, figures))
    if digits == "0":
        return "1"
    size = f"{len(digits) + int(exponent) + 5000:05d}{digits}"
    return f"0{size.translate(COMPLEMENT)}~" if sign else f"2{size}"


COMPLEMENT = str.maketrans("0123456789", "9876543210")


def _rank(value: Content) -> tuple[int, object]:
    return (1, order_of(value)) if isinstance(value, str) else (0, value)


def _new(gathers: str) -> Gathered:
    if gathers == "sum":
        return Sum()
    return Tally() if gathers == "tally" else Extreme(gathers == "most")
