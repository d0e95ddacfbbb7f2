"""The changes of one person, and of those for whom they answer, as the state keeps them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass

from ..changes.consent.agreement_store import AgreementStore, Glance
from ..changes.consent.agreements import Agreements, Standing
from ..changes.contents.altered_plan import AlteredPlan
from ..changes.contents.plan_rows import PLANS, PlanRows
from ..changes.display.plan_listing import PlanListing
from ..changes.plans.outcome import ItemState
from ..changes.plans.plan import Plan
from ..changes.plans.stored_plans import Filed
from ..changes.unhurried import in_turns, unhurried
from ..errors import NameUnknown
from ..local.state.state import Row
from ..pages.messages import STATES
from .change_filter import ChangeFilter
from .oversight import Oversight

PAGE = 50
AT_ONCE = 500
"""Changes whose records are counted with one question."""
MOST_CHOICES = 200
"""Names by which a list can be narrowed; a program may give itself another one each time."""
MOST_WAITING = 50
MOST_LOOKED_AT = 5_000
"""Plans, for those that wait."""
MOST_KEPT = 20
"""Plans that are kept unpacked, so that the next page of one comes at once."""
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


@dataclass(frozen=True, slots=True)
class OwnChange:
    """One change with all that can be shown of it."""

    plan: Plan
    listing: PlanListing
    agreements: Agreements
    standing: Standing
    state: str


class OwnChanges:
    """`user` is whose changes are shown, as plans name callers; those of others are not there, but for what `oversight` says."""

    def __init__(self, files: Filed, user: str, now: Callable[[], float], oversight: Oversight) -> None:
        self._files = files
        self._user = user
        self._now = now
        self._oversight = oversight
        self._rows = PlanRows("", files.seal.contents)
        self._unpacked: dict[tuple[str, str], tuple[Plan, PlanListing]] = {}

    async def page(self, number: int, wanted: ChangeFilter) -> tuple[list[ChangeLineItem], int]:
        """Those that are wanted, the latest first, and how many there are in all."""
        state, first = self._files.state, (number - 1) * PAGE
        narrowed, given = wanted.condition
        whose, callers = self._whose
        where, values = f"WHERE {whose}{narrowed}", (*callers, *given)
        if not wanted.words and not wanted.state:
            rows = await state.rows(
                f"{PLANS} {where} ORDER BY made DESC LIMIT ? OFFSET ?", *values, PAGE, first
            )
            count = await state.row(f"SELECT COUNT(*) AS n FROM plan {where}", *values)
            return await self._listed(rows), int(count["n"]) if count else 0
        words = wanted.words.lower()
        every = await state.rows(f"{PLANS} {where} ORDER BY made DESC", *values)
        found = [
            row async for row in in_turns(every) if words in f"{row['id']}\n{self._heading(row)[0]}".lower()
        ]
        if not wanted.state:
            return await self._listed(found[first : first + PAGE]), len(found)
        standing: list[ChangeLineItem] = []
        for start in range(0, len(found), AT_ONCE):
            lines = await self._listed(found[start : start + AT_ONCE])
            standing += [line for line in lines if wanted.state in line.states]
        return standing[first : first + PAGE], len(standing)

    @property
    def _whose(self) -> tuple[str, tuple[str, ...]]:
        """A condition on rows of plans, and what is filled into it."""
        databases = tuple(self._oversight.databases)
        if not databases:
            return "plan.caller = ?", (self._user,)
        marks = ", ".join("?" * len(databases))
        return f"(plan.caller = ? OR plan.database IN ({marks}))", (self._user, *databases)

    async def choices(self) -> tuple[list[str], list[str], list[str]]:
        """The layouts, the clients and the callers of the changes that the person sees, in their order."""
        whose, callers = self._whose
        found = await self._files.state.several(
            (
                "SELECT DISTINCT step.layout AS name FROM step JOIN plan ON plan.id = step.plan"
                f" WHERE {whose} AND step.layout <> '' ORDER BY name LIMIT {MOST_CHOICES}",
                callers,
            ),
            (
                f"SELECT DISTINCT client AS name FROM plan WHERE {whose} AND client <> '' ORDER BY name LIMIT {MOST_CHOICES}",
                callers,
            ),
            (
                f"SELECT DISTINCT caller AS name FROM plan WHERE {whose} ORDER BY name LIMIT {MOST_CHOICES}",
                callers,
            ),
        )
        layouts, clients, people = ([str(row["name"]) for row in rows] for rows in found)
        return layouts, clients, people

    async def waiting(self) -> list[ChangeLineItem]:
        found: list[ChangeLineItem] = []
        async for line in self._waiting("plan.caller = ?", self._user):
            found.append(line)
            if len(found) == MOST_WAITING:
                break
        return found

    async def waiting_of_others(self) -> list[ChangeLineItem]:
        """What waits for an agreement that the person may give, in the name of others."""
        found: list[ChangeLineItem] = []
        callers = await self._oversight.callers()
        if callers is not None and not callers:
            return []
        whose = "<> ?" if callers is None else f"IN ({', '.join('?' * len(callers))})"
        async for line in self._waiting(f"plan.caller {whose}", *(callers or (self._user,))):
            store = AgreementStore(self._files.state, line.database, self._files.seal, self._files.validity)
            glance = await store.glance(line.id)
            if glance is not None and await self._oversight.answers_for(glance):
                found.append(line)
            if len(found) == MOST_WAITING:
                break
        return found

    async def _waiting(self, whose: str, *callers: str) -> AsyncGenerator[ChangeLineItem]:
        """The latest of each caller first, so that nobody's many plans hide those of others."""
        rank = "ROW_NUMBER() OVER (PARTITION BY plan.caller ORDER BY made DESC)"
        for start in range(0, MOST_LOOKED_AT, MOST_WAITING):
            rows = await self._files.state.rows(
                f"{PLANS} WHERE {whose} AND state = 'open' AND expires > ?"
                " AND NOT EXISTS (SELECT 1 FROM item WHERE item.plan = plan.id AND item.state <> 'open')"
                f" ORDER BY {rank}, made DESC LIMIT ? OFFSET ?",
                *callers, self._now(), MOST_WAITING, start,
            )  # fmt: skip
            for each in await self._listed(rows):
                if each.waits:
                    yield each
            if len(rows) < MOST_WAITING:
                return

    async def one(self, change_id: str) -> OwnChange | None:
        """None for a change that is not there, or is somebody else's."""
        try:
            agreements, standing = await self._files.change(change_id)
        except NameUnknown:
            return None
        glance = standing.glance
        if glance is None or not await self._is_seen(glance):
            return None
        kept = (change_id, glance.digest)
        if kept not in self._unpacked:
            plan = await agreements.plan(change_id)
            while len(self._unpacked) >= MOST_KEPT:
                del self._unpacked[next(iter(self._unpacked))]
            self._unpacked[kept] = (plan, await unhurried(plan.records, PlanListing, plan))
        plan, listing = self._unpacked[kept]
        row = await self._files.state.row("SELECT state FROM plan WHERE id = ?", change_id)
        return OwnChange(plan, listing, agreements, standing, row["state"] if row else "")

    async def _is_seen(self, glance: Glance) -> bool:
        return glance.who.caller.id == self._user or await self._oversight.answers_for(glance)

    async def _listed(self, rows: Sequence[Row]) -> list[ChangeLineItem]:
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
        heading, is_whole = self._heading(row)
        return ChangeLineItem(
            row["id"], heading, row["database"], row["client"], row["made"],
            sum(counts.values()), stands, is_whole and stands == "waits", frozenset(states),
            "" if row["caller"] == self._user else row["caller"],
        )  # fmt: skip

    def _heading(self, row: Row) -> tuple[str, bool]:
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
