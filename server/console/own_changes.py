"""The changes of one person, and of those for whom they answer, as the state keeps them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from ..changes.consent.agreement_store import AgreementStore, Glance
from ..changes.consent.agreements import Agreements, Standing
from ..changes.contents.plan_rows import PLANS
from ..changes.display.plan_listing import PlanListing
from ..changes.plans.plan import Plan
from ..changes.plans.stored_plans import Filed
from ..changes.unhurried import in_turns, unhurried
from ..errors import NameUnknown
from .change_filter import ChangeFilter
from .change_lines import ChangeLineItem, ChangeLines
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
        self._lines = ChangeLines(files, user, now)
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
            return await self._lines.of(rows), int(count["n"]) if count else 0
        words = wanted.words.lower()
        every = await state.rows(f"{PLANS} {where} ORDER BY made DESC", *values)
        found = [
            row
            async for row in in_turns(every)
            if words in f"{row['id']}\n{self._lines.heading(row)[0]}".lower()
        ]
        if not wanted.state:
            return await self._lines.of(found[first : first + PAGE]), len(found)
        standing: list[ChangeLineItem] = []
        for start in range(0, len(found), AT_ONCE):
            lines = await self._lines.of(found[start : start + AT_ONCE])
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
            for each in await self._lines.of(rows):
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
