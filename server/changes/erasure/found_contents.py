"""What is kept of one person, as a survey found it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TypeVar

from ...local.keys.sealed_box import BrokenBox
from .eraser import Target

T = TypeVar("T")
Record = tuple[str, str]
"""Layout (folded) and record id."""


@dataclass
class Found:
    target: Target = field(default_factory=lambda: Target(lets_go=False))
    """Records of others that wait for a person wait on: they could be done twice."""
    jobs: set[str] = field(default_factory=set[str])
    shared_files: dict[str, str] = field(default_factory=dict[str, str])
    """Files of callers that several servers share, by id: their names."""
    held_files: list[str] = field(default_factory=list[str])
    """Those of them that name the key of a hold, with that hold."""
    unsearched: list[str] = field(default_factory=list[str])
    """Files that servers share or plans carry, and that cannot be looked into: their names."""
    found_sets: set[str] = field(default_factory=set[str])
    """Handles of those whose question names the person."""
    running: list[str] = field(default_factory=list[str])
    """Jobs and plans that are under way."""
    waiting: list[str] = field(default_factory=list[str])
    """Plans that wait to be carried out."""
    by_layout: Counter[str] = field(default_factory=Counter[str])
    others: Counter[str] = field(default_factory=Counter[str])
    """Entries of other records that name the key and stay, by layout."""
    keyed: set[str] = field(default_factory=set[str])
    """Layouts on which the key names a record."""
    held_by: Counter[str] = field(default_factory=Counter[str])
    records: set[Record] = field(default_factory=set[Record])
    """The person's own."""
    closed: int = 0
    """Boxes that could not be opened."""

    def begin(self) -> None:
        """Looked anew: what was found to go or to stand in the way may have changed."""
        fresh = Found(records=self.records, closed=self.closed)
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def __bool__(self) -> bool:
        return bool(self.target or self.jobs or self.found_sets or self.shared_files)

    def opened(self, open_: Callable[[], T]) -> T | None:
        """None for what cannot be opened, which is counted."""
        try:
            return open_()
        except BrokenBox:
            self.closed += 1
            return None
