"""The least and the greatest of a group: a value, or the value of the record that comes first or last by another field."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ....criteria.collation import order_of
from ....criteria.quantity import NEARLY_ALL
from ....text.numbers import content_number
from .exact import Content, Placed


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


class Either:
    """The extreme of a text field, once as numbers and once as texts; the whole question decides which of the two counts."""

    __slots__ = ("numbers", "read", "texts", "unread")

    def __init__(self, wants_most: bool) -> None:
        self.numbers = Extreme(wants_most)
        self.texts = Extreme(wants_most)
        self.read = 0
        self.unread = 0

    @property
    def holds_numbers(self) -> bool:
        """All of them, or nearly all."""
        return self.read > 0 and self.read >= NEARLY_ALL * self.unread

    def add(self, values: Sequence[Content]) -> None:
        known = {value: content_number(value) for value in set(values)}
        numbers = [number for value in values if (number := known[value]) is not None]
        self.read += len(numbers)
        self.unread += len(values) - len(numbers)
        self.numbers.add(numbers)
        self.texts.add([str(value) for value in known])

    def absorb(self, other: Either) -> None:
        self.read += other.read
        self.unread += other.unread
        self.numbers.absorb(other.numbers)
        self.texts.absorb(other.texts)

    def dump(self) -> list[object]:
        return [self.read, self.unread, self.numbers.dump(), self.texts.dump()]

    def load(self, dumped: list[object]) -> None:
        read, unread, numbers, texts = dumped
        self.read, self.unread = int(str(read)), int(str(unread))
        self.numbers.load(numbers)  # type: ignore[arg-type] -- as dumped
        self.texts.load(texts)  # type: ignore[arg-type] -- as dumped


class Pick:
    """The value of the record that is first or last by another field; of records that share that place, the lowest or highest id."""

    __slots__ = ("best", "wants_last")

    def __init__(self, wants_last: bool) -> None:
        self.wants_last = wants_last
        self.best: Placed | None = None

    def add(self, values: Sequence[Placed]) -> None:
        candidates = [*values, *([] if self.best is None else [self.best])]
        if candidates:
            choose = max if self.wants_last else min
            self.best = choose(candidates, key=lambda each: each[:2])

    def absorb(self, other: Pick) -> None:
        if other.best is not None:
            self.add([other.best])

    def dump(self) -> list[object]:
        if self.best is None:
            return []
        place, record_id, value = self.best
        return [place, record_id, str(value), isinstance(value, str)]

    def load(self, dumped: list[object]) -> None:
        if dumped:
            place, record_id, text, is_text = dumped
            value = str(text) if is_text else Decimal(str(text))
            self.best = (str(place), int(str(record_id)), value)


def _rank(value: Content) -> tuple[int, object]:
    return (1, order_of(value)) if isinstance(value, str) else (0, value)
