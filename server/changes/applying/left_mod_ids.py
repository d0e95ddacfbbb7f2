"""With which modId a change left each record that it wrote, told by its outcomes: nothing is held of them but where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from ...text.fingerprints import Fingerprints, fingerprint
from ..plans.outcome import Outcome


class LeftModIds:
    def __init__(self, outcomes: Sequence[Sequence[Outcome]]) -> None:
        self._outcomes = outcomes
        self._starts = [0, *accumulate(map(len, outcomes))]
        self._places = Fingerprints(self._starts[-1])

    def note(self, layout: str, record_id: str, s: int, i: int) -> None:
        """That outcome is the latest about the record."""
        self._places.put(fingerprint(layout, record_id), self._starts[s] + i)

    def of(self, layout: str, record_id: str) -> str | None:
        place = self._places.get(fingerprint(layout, record_id))
        if place is None:
            return None
        s = bisect_right(self._starts, place) - 1
        return self._outcomes[s][place - self._starts[s]].mod_id
