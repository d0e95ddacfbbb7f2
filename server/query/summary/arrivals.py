"""Who came for the first time in a period, came again, or stayed away: different values of a field, along periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .gatherer import Gatherer
from .measures.tallies import Cell, Name, Tally


@dataclass(frozen=True)
class Arrivals:
    """Of one period. `new`: in no period before it; `returning`: in this one and an earlier one; `lost`: in the period before it
    that has records, and not in this one."""

    new: int
    returning: int
    lost: int


def arrivals(gatherer: Gatherer, slot: int, cells: Sequence[tuple[Name, Cell]]) -> list[Arrivals]:
    """For each of the `cells`, which are periods in their order."""
    if gatherer.spill is not None:
        names = [gatherer.text_of(name) for name, _ in cells]
        return [Arrivals(*counts) for counts in gatherer.spill.arrivals(slot, names)]
    found: list[Arrivals] = []
    seen, before = set[object](), set[object]()
    for _, cell in cells:
        tally = cell.gathered[slot]
        own = set[object](tally.counts) if isinstance(tally, Tally) else set[object]()
        new = len(own - seen)
        found.append(Arrivals(new, len(own) - new, len(before - own)))
        seen |= own
        before = own
    return found
