"""A plan as a list that can be looked at whole: numbered without a gap, in pages, searched and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from ..plans.plan import Item, Plan, Step, StepKind
from .field_totals import FieldTotals, totals_of
from .plan_display import ChangeLine, doing, lines_of, which_of

PAGE = 50
"""Records on a page."""


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One record of the plan, as it is shown."""

    number: int
    """From 1, through all steps."""
    step: int
    do: str
    layout: str
    which: str
    lines: tuple[ChangeLine, ...]
    same: str
    """Digest of all that happens to it. Records of one digest can be shown once."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows somebody wants to see. Nothing set means all of them."""

    words: str = ""
    """Text in a name or in a whole value, in any case."""
    field: str = ""
    same: str = ""
    """Only those to which this happens."""
    unlike: str = ""
    """Only those to which something else happens."""
    numbers: frozenset[int] | None = None
    """Only those with one of these numbers; None means any."""

    @property
    def is_all(self) -> bool:
        return self.numbers is None and not (self.words or self.field or self.same or self.unlike)


@dataclass(frozen=True, slots=True)
class ListingPage:
    rows: tuple[ListedRecord, ...]
    number: int
    """From 1."""
    pages: int
    matching: int
    """How many rows are wanted in all."""


class PlanListing:
    def __init__(self, plan: Plan, size: int = PAGE) -> None:
        """`size` is how many records a page has."""
        self._size = size
        steps = ((s, step, item) for s, step in enumerate(plan.steps) for item in step.items)
        self.rows = tuple(_row(n, s, step, item) for n, (s, step, item) in enumerate(steps, 1))

    @cached_property
    def alike(self) -> Counter[str]:
        """Digest -> to how many records that happens."""
        return Counter(row.same for row in self.rows)

    @cached_property
    def groups(self) -> list[list[ListedRecord]]:
        """Records to which the same happens, together, in the order of the plan."""
        found: dict[str, list[ListedRecord]] = {}
        for row in self.rows:
            found.setdefault(row.same, []).append(row)
        return list(found.values())

    @cached_property
    def totals(self) -> list[FieldTotals]:
        return totals_of((row.number, line) for row in self.rows for line in row.lines)

    @property
    def pages(self) -> int:
        return self._pages(len(self.rows))

    def page_of(self, number: int) -> int:
        """The page of the whole list on which a record stands."""
        return (number - 1) // self._size + 1

    def page(self, number: int, wanted: Filter | None = None) -> ListingPage:
        """A page of what is wanted. A number beyond the ends gives the first or the last page."""
        rows = self.rows if wanted is None or wanted.is_all else [r for r in self.rows if _is(r, wanted)]
        pages = self._pages(len(rows))
        number = min(max(1, number), pages)
        return ListingPage(
            tuple(rows[(number - 1) * self._size : number * self._size]), number, pages, len(rows)
        )

    def row(self, number: int) -> ListedRecord | None:
        return self.rows[number - 1] if 1 <= number <= len(self.rows) else None

    def shown_on(self, pages: Iterable[int]) -> int:
        """How many records stand on these pages of the whole list."""
        return sum(len(self.page(number).rows) for number in set(pages))

    def _pages(self, rows: int) -> int:
        return max(1, -(-rows // self._size))


def _row(number: int, s: int, step: Step, item: Item) -> ListedRecord:
    lines = lines_of(step, item)
    return ListedRecord(
        number, s, doing(step), step.layout, which_of(item), lines, same_of(step, item, lines)
    )


def same_of(step: Step, item: Item, lines: Sequence[ChangeLine]) -> str:
    """A digest of everything that happens to a record, without which record it is. What goes is different each time."""
    files = [file.digest for file in (item.file, *item.files) if file is not None]
    own = item.record_id if step.kind is StepKind.DELETE else None
    shown = [(each.name, each.before, each.after, each.sense.value, each.portal) for each in lines]
    what = (step.kind.value, step.layout, step.script, shown, files, own)
    return sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()


def _is(row: ListedRecord, wanted: Filter) -> bool:
    if wanted.numbers is not None and row.number not in wanted.numbers:
        return False
    if wanted.same and row.same != wanted.same:
        return False
    if wanted.unlike and row.same == wanted.unlike:
        return False
    if wanted.field and all(line.about != wanted.field for line in row.lines):
        return False
    words = wanted.words.casefold()
    texts = (row.which, *(str(text) for line in row.lines for text in (line.name, line.before, line.after)))
    return not words or any(words in text.casefold() for text in texts)
