"""Contents that are gone: each has an entry that says so, and as many as it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...local.state.state import Row
from ..journal.entry_facts import facts_in

EARLIER = 0
"""Stands for an entry, where a version erased contents that wrote none."""


@dataclass
class Erasures:
    """What was seen so far, entry by entry."""

    told: dict[int, tuple[str, int]] = field(default_factory=dict[int, tuple[str, int]])
    """Number of an entry -> why, and how many contents it says were erased."""
    gone: Counter[int] = field(default_factory=Counter[int])
    """Number of an entry -> how many contents point to it."""
    unsaid: list[int] = field(default_factory=list[int])
    """Entries whose contents are not there, and nothing says why."""
    open: dict[str, int] = field(default_factory=dict[str, int])
    """Forgettings that were begun and not finished: mark -> entry."""

    def look(self, row: Row) -> None:
        number = int(row["number"])
        if row["event"] in ("erased", "forgetting", "forgotten"):
            facts = facts_in(row)
            if row["event"] == "erased":
                count = facts.get("contents", 0)
                self.told[number] = (str(facts.get("because", "")), count if isinstance(count, int) else 0)
            elif row["event"] == "forgetting":
                self.open[str(facts.get("mark", ""))] = number
            else:
                self.open.pop(str(facts.get("mark", "")), None)
        if isinstance(row["gone"], int):
            self.gone[row["gone"]] += 1
        elif row["gone"] is not None or (
            row["image"] and row["place"] is not None and row["box"] is None and row["content"] is None
        ):
            self.unsaid.append(number)

    def faults(self) -> list[str]:
        complaints = [
            f"the contents of entry {number} are gone, and no entry says that they were erased"
            for number in self.unsaid
        ]
        for number, count in sorted(self.gone.items()):
            _, told = self.told.get(number, ("", 0))
            if number != EARLIER and count != told:
                complaints.append(
                    f"entry {number} says that {told:,} contents were erased, and {count:,} are gone by it"
                )
        missing = sorted(number for number, (_, told) in self.told.items() if told and not self.gone[number])
        return complaints + [
            f"entry {number} says that contents were erased, and they are there" for number in missing
        ]

    def count(self, because: str) -> int:
        """How many contents were erased for that."""
        return sum(self.gone[number] for number, (why, _) in self.told.items() if why == because)
