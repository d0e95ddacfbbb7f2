"""A found set: what was asked of which layout, in which order, and what of it was read, as one thing that later calls can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...caller import Caller
from ...criteria.criteria import Criteria
from ...criteria.targets import Target
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import SortKey
from ...notes.noted_question import NotedQuestion, fields_in
from ...text.near_names import folded
from .shared_pages import Holding

Recipe = tuple[Mapping[str, Any], ...]
"""How it was asked for: layout, where, omit and sort, and what was asked of that later. Plain JSON."""
MOST_ORDERED_HERE = 20_000
"""Records that are put in another order here; more are read again in that order."""


@dataclass
class FoundSet:
    """The records of `layout` that meet `criteria`, in the order of `sort`."""

    layout: LayoutMeta
    question: NotedQuestion
    """What was asked, and what is left out by default."""
    criteria: Criteria
    sort: tuple[SortKey, ...] = ()
    handle: str = ""
    caller: Caller | None = None
    notes: tuple[str, ...] = ()
    """How the owner's notes had the question understood, in words."""
    left_out: tuple[int, int] | None = None
    """`Database.changes` at the time, and how many records were left out by default then."""
    as_numbers: frozenset[str] = frozenset()
    """Text fields of `sort` that are put in order as numbers, here."""
    is_group: bool = False
    """Only one group of what was asked."""
    holding: Holding = field(default_factory=Holding)
    recipe: Recipe = ()
    """Empty where it cannot be asked for again in the same way."""

    def sorted_by(self, sort: tuple[SortKey, ...], as_numbers: frozenset[str] = frozenset()) -> FoundSet:
        """The same records in another order."""
        if (sort, as_numbers) == (self.sort, self.as_numbers):
            return self
        holding = self.holding
        serves = holding.has_all_of(self.criteria.legs) and holding.count <= MOST_ORDERED_HERE
        return replace(
            self, sort=sort, as_numbers=as_numbers, handle="", holding=holding if serves else Holding()
        )

    def group(self, criteria: Criteria) -> FoundSet:
        """One group of its records, by `criteria` that test what this one's finds bring."""
        return replace(self, criteria=criteria, handle="", is_group=True, recipe=())

    def within(self, criteria: Criteria, question: NotedQuestion) -> FoundSet:
        """Some of its records; what was read of them is used where the finds are the same."""
        return replace(self, criteria=criteria, question=question, handle="", left_out=None, recipe=())

    @property
    def targets(self) -> tuple[Target, ...]:
        """The fields that the question names; what tells records that are left out by default shows nothing in the others."""
        told = {name for each in self.question.left_out for name in fields_in(each.where)}
        told -= fields_in(self.question.where)
        return tuple(each for each in self.criteria.targets if folded(each.name) not in told)

    @property
    def is_in_order(self) -> bool:
        """The order in which the records come, or came, is the wanted one."""
        kept = self.holding.has_all_of(self.criteria.legs)
        if self.as_numbers:
            return False
        return len(self.criteria.legs) == 1 and (not kept or self.holding.sort == self.sort)
