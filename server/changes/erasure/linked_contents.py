"""Contents of one record that are kept apart, brought together: its item in a plan names it, its entries tell only what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...text.near_names import folded
from .found_contents import Record
from .hold import Hold
from .person import Person
from .searched_text import SearchedText

Place = tuple[str, int, int]
"""Plan, step and number of an item."""


@dataclass(frozen=True, slots=True)
class Content:
    """One box that was opened."""

    entry: int
    """0 for a part of a plan that is no entry."""
    plan: str
    layout: str
    record: Record | None
    place: Place | None
    """None for what is about a plan or a step as a whole."""
    is_theirs: bool
    """The person's own, or telling of them."""
    is_keyed: bool
    """Of a record whose key it is."""
    names_key: bool
    """Whether it names the key, as another's record may."""
    covered: frozenset[str]
    """Holds of its plan, layout and moment."""
    named: frozenset[str]
    """Holds whose key it names, and those without a key."""


class LinkedContents:
    def __init__(self, person: Person, holds: Sequence[Hold], records: set[Record]) -> None:
        """`records`: the person's own, which is added to."""
        self._person = person
        self._records = records
        self._holds = {hold.id: (hold, person.called(hold.key)) for hold in holds}
        self._held_records: dict[str, set[Record]] = {hold.id: set() for hold in holds}
        self._all: list[Content] = []
        self._naming: set[Place] = set()
        """Where the person is told of."""
        self._with_key: set[Place] = set()
        """Where the key is named."""
        self._held: dict[Place, frozenset[str]] = {}

    def __iter__(self) -> Iterator[Content]:
        return iter(self._all)

    def add(
        self,
        text: str,
        layout: str,
        record_id: str | None = None,
        place: Place | None = None,
        *,
        entry: int = 0,
        plan: str,
        at: float,
    ) -> None:
        told = SearchedText(text)
        record = (folded(layout), record_id) if record_id else None
        own = self._person.is_record(layout, record_id, told)
        if own and record is not None:
            self._records.add(record)
        named: set[str] = set()
        for name, (hold, person) in self._holds.items():
            if not hold.key or person.is_named(told):
                named.add(name)
            if record is not None and person.is_record(layout, None, told):
                self._held_records[name].add(record)
        names_key = self._person.has_name(told)
        theirs = own or self._person.is_told(layout, told)
        if place is not None:
            self._held[place] = self._held.get(place, frozenset()) | named
            if theirs:
                self._naming.add(place)
            if names_key:
                self._with_key.add(place)
        covered = frozenset(
            name for name, (hold, _) in self._holds.items() if hold.covers(plan=plan, layouts=[layout], at=at)
        )
        self._all.append(
            Content(
                entry,
                plan,
                layout,
                record,
                place,
                theirs,
                self._person.is_record(layout, None, told),
                names_key,
                covered,
                frozenset(named),
            )
        )

    def is_theirs(self, each: Content) -> bool:
        return each.is_theirs or each.record in self._records or each.place in self._naming

    def names_key(self, each: Content) -> bool:
        return each.names_key or each.place in self._with_key

    def holds(self, each: Content) -> list[str]:
        """Those that keep it, as a person reads them."""
        named = each.named if each.place is None else each.named | self._held[each.place]
        return [
            str(self._holds[name][0])
            for name in each.covered
            if name in named or each.record in self._held_records[name]
        ]
