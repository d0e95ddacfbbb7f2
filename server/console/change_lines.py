"""Changes as lines of a list: what each is about and where it stands, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..changes.consent.agreement_store import AgreementStore
from ..changes.contents.altered_plan import AlteredPlan
from ..changes.contents.plan_rows import PlanRows
from ..changes.plans.outcome import ItemState
from ..changes.plans.stored_plans import Filed
from ..local.state.state import Row
from ..pages.messages import STATES

WORDS = {
    ItemState.DONE: "done",
    ItemState.REFUSED: "refused",
    ItemState.UNKNOWN: "unknown",
    ItemState.SENT: "on its way",
    ItemState.OPEN: "not sent",
}


@dataclass(frozen=True, slots=True)
class ChangeLineItem:
    """One change in a list."""

    id: str
    heading: str
    database: str
    client: str
    made: float
    records: int
    stands: str
    """Where it stands, in words."""
    waits: bool
    states: frozenset[str]
    """The same without numbers, as the list can be narrowed to it."""
    whose: str
    """Who asked, where it is somebody else than the person who looks."""


class ChangeLines:
    """For one person: `user` as plans name callers."""

    def __init__(self, files: Filed, user: str, now: Callable[[], float]) -> None:
        self._files = files
        self._user = user
        self._now = now
        self._rows = PlanRows("", files.seal.contents)

    async def of(self, rows: Sequence[Row]) -> list[ChangeLineItem]:
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        if not rows:
            return []
        marks = ", ".join("?" * len(rows))
        for row in await self._files.state.rows(
            f"SELECT plan, state, COUNT(*) AS n FROM item WHERE plan IN ({marks}) GROUP BY plan, state",
            *(row["id"] for row in rows),
        ):
            counts[row["plan"]][row["state"]] = row["n"]
        return [await self._line(row, counts[row["id"]]) for row in rows]

    async def _line(self, row: Row, counts: Mapping[str, int]) -> ChangeLineItem:
        agreed = bool(row["approved_by"]) and await self._is_agreed(row)
        stands = _stands(row, counts, agreed=agreed, now=self._now())
        begun = (
            {WORDS[state] for state in ItemState if counts.get(state)} if stands not in STATES else set[str]()
        )
        states = begun | {state for state in STATES if stands.startswith(state)}
        heading, is_whole = self.heading(row)
        return ChangeLineItem(
            row["id"], heading, row["database"], row["client"], row["made"],
            sum(counts.values()), stands, is_whole and stands == "waits", frozenset(states),
            "" if row["caller"] == self._user else row["caller"],
        )  # fmt: skip

    def heading(self, row: Row) -> tuple[str, bool]:
        """And whether it is the one that was kept."""
        try:
            return self._rows.heading(row), True
        except AlteredPlan as altered:
            return altered.what, False

    async def _is_agreed(self, row: Row) -> bool:
        """Whether what stands there as an agreement carries our seal."""
        store = AgreementStore(self._files.state, row["database"], self._files.seal, self._files.validity)
        glance = await store.glance(row["id"])
        return glance is not None and bool(glance.approved_by)


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[state]:,} {WORDS[state]}" for state in ItemState if counts.get(state))


def _stands(row: Row, counts: Mapping[str, int], *, agreed: bool, now: float) -> str:
    if row["state"] == "undone":
        return "taken back"
    if set(counts) > {ItemState.OPEN} or set(counts) - {ItemState.OPEN}:
        return ("being carried out: " if row["state"] == "applying" else "") + counted(counts)
    if row["state"] == "applying":
        return "being carried out"
    if row["expires"] < now:
        return "expired"
    return "agreed to" if agreed else "waits"
