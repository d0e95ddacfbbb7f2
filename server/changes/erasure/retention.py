"""How long contents stay, by layout. What is past it loses them; facts and chain of the journal stay whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...caller import Caller
from ...local.state.state import Row, State, Transaction
from ...text.near_names import folded
from ..contents.plan_rows import ITEMS, LEFT_ITEMS, STEPS, PlanRows
from ..journal.entry_image import image_text
from ..journal.journal import Journal
from ..journal.journal_entry import WITH_IMAGES
from ..plans.plan import Who
from ..plans.plan_seal import Seal
from .eraser import Erased, Eraser, Target
from .hold import Hold, Holds
from .person import Person
from .searched_text import SearchedText

DAY = 24 * 3600.0
"""Seconds. A plan can be carried out and taken back for a day in any case."""
AT_ONCE = 500
"""Contents that one transaction erases: others write in between."""
LOOKED_AT = 5_000
"""Contents that one look passes over, since they are held."""
WHO = Who(Caller("", ""), "retention")


@dataclass(frozen=True)
class Terms:
    """Of one database. `days` where no layout says otherwise; `keys` as `Person.keys`."""

    database: str
    days: int
    by_layout: Mapping[str, int] = field(default_factory=dict[str, int])
    """Layout (folded) -> days."""
    images: bool = True
    """Whether contents before and after a change are kept at all: a plan holds them, too."""
    keys: Mapping[str, str] = field(default_factory=dict[str, str])

    def days_of(self, layout: str) -> int:
        return self.by_layout.get(folded(layout), self.days)

    def ends(self, layout: str, now: float) -> float:
        """What was written down before is past its days."""
        return now - self.days_of(layout) * DAY

    def plan_ends(self, layout: str, now: float, *, undoable: bool) -> float:
        shortest = 0.0 if undoable else DAY
        return now - max(shortest, self.days_of(layout) * DAY if self.images else shortest)


class Retention:
    """`undoable`: the owner says that also what could be taken back within its day may go."""

    def __init__(
        self, state: State, journal: Journal, seal: Seal, terms: Terms, *, now: float, undoable: bool = False
    ) -> None:
        self._journal = journal
        self._seal = seal
        self._terms = terms
        self._now = now
        self._undoable = undoable
        self._holds = Holds(state, seal, journal)
        self._person = Person(terms.keys)
        self._rows = PlanRows(terms.database, seal.contents)
        self._held_plans: dict[str, bool] = {}

    async def look(self, transaction: Transaction, who: Who = WHO) -> Erased:
        """Erases what is past its days, as far as one look reaches. Nothing is left where it erased nothing."""
        if await transaction.rows("SELECT database FROM unsealed LIMIT 1"):
            return Erased()  # of an earlier version: sealed first
        holds = await self._holds.standing(transaction, self._terms.database)
        target = Target()
        await self._plans(transaction, holds, target)
        await self._entries(transaction, holds, target)
        if not target:
            return Erased()
        await self._seal.prepare(transaction)
        return await Eraser(transaction, self._journal, self._seal).erase(
            self._terms.database, who, target, {"because": "retention"}
        )

    async def _plans(self, transaction: Transaction, holds: Sequence[Hold], target: Target) -> None:
        layouts = await transaction.rows(
            "SELECT DISTINCT step.layout FROM step JOIN plan ON plan.id = step.plan WHERE plan.database = ?",
            self._terms.database,
        )
        for row in layouts:
            ends = self._terms.plan_ends(str(row["layout"]), self._now, undoable=self._undoable)
            old = await transaction.rows(
                "SELECT id, made FROM plan WHERE database = ? AND made < ? AND state <> 'applying'"
                " AND (state <> 'open' OR expires <= ?)"
                " AND EXISTS (SELECT 1 FROM step WHERE plan = plan.id AND layout = ?) ORDER BY made LIMIT ?",
                self._terms.database, ends, self._now, row["layout"], AT_ONCE,
            )  # fmt: skip
            for plan in old:
                if not holds or not await self._is_plan_held(transaction, holds, str(plan["id"])):
                    target.plans.add(str(plan["id"]))

    async def _is_plan_held(self, transaction: Transaction, holds: Sequence[Hold], plan: str) -> bool:
        """Whole, where anything of it is held. Not for a plan that is gone."""
        if plan not in self._held_plans:
            found = await transaction.rows("SELECT id, made FROM plan WHERE id = ?", plan)
            self._held_plans[plan] = bool(found) and await self._holds_plan(transaction, holds, found[0])
        return self._held_plans[plan]

    async def _holds_plan(self, transaction: Transaction, holds: Sequence[Hold], plan: Row) -> bool:
        steps = await transaction.rows(f"{STEPS} WHERE plan = ? ORDER BY number", plan["id"])
        texts = list[str]()
        if any(hold.key for hold in holds):
            await self._seal.prepare(transaction)
            texts += [self._rows.step_text(step) for step in steps]
            for item in await transaction.rows(f"{ITEMS} WHERE plan = ?", plan["id"]):
                texts += [self._rows.item_text(item), self._rows.outcome_text(item)]
        layouts = [str(step["layout"]) for step in steps]
        return self._keep(holds, str(plan["id"]), layouts, float(plan["made"]), texts)

    async def _entries(self, transaction: Transaction, holds: Sequence[Hold], target: Target) -> None:
        for row in await transaction.rows("SELECT DISTINCT layout FROM image WHERE gone IS NULL"):
            layout, after, looked = str(row["layout"]), 0, 0
            while looked < LOOKED_AT and len(target.entries) < AT_ONCE:
                old = await transaction.rows(
                    f"{WITH_IMAGES} WHERE image.gone IS NULL AND image.layout = ? AND image.number > ?"
                    " AND journal.database = ? AND journal.at < ?"
                    " AND NOT EXISTS (SELECT 1 FROM plan WHERE plan.id = journal.plan AND (plan.state = 'applying'"
                    " OR (plan.state = 'open' AND plan.expires > ?) OR plan.made >= ?)) ORDER BY image.number LIMIT ?",
                    layout, after, self._terms.database, self._terms.ends(layout, self._now), self._now,
                    self._now - (0.0 if self._undoable else DAY), AT_ONCE,
                )  # fmt: skip
                for each in old:
                    if holds and (
                        await self._is_held(transaction, holds, each, layout)
                        or await self._is_plan_held(transaction, holds, str(each["plan"]))
                    ):
                        continue
                    target.entries.add(int(each["number"]))
                looked += len(old)
                if len(old) < AT_ONCE:
                    break
                after = int(old[-1]["number"])

    async def _is_held(self, transaction: Transaction, holds: Sequence[Hold], row: Row, layout: str) -> bool:
        texts = list[str]()
        if any(hold.key for hold in holds):
            texts.append(image_text(self._seal.contents, row) or "")
            for item in await transaction.rows(
                f"{LEFT_ITEMS} WHERE plan = ? AND step = ? AND number = ?",
                row["plan"],
                row["step"],
                row["item"],
            ):
                texts += [self._rows.item_text(item), self._rows.outcome_text(item)]
        return self._keep(holds, str(row["plan"]), [layout], float(row["at"]), texts)

    def _keep(
        self, holds: Sequence[Hold], plan: str, layouts: Sequence[str], at: float, texts: Sequence[str]
    ) -> bool:
        told = list(map(SearchedText, texts))
        return any(
            hold.covers(plan=plan, layouts=layouts, at=at)
            and (not hold.key or any(map(self._person.called(hold.key).is_named, told)))
            for hold in holds
        )


async def expire_rest(transaction: Transaction, *, days: int, now: float) -> None:
    """What belongs to no layout: files that no plan carries, and marks of text that was read."""
    transaction.put(
        "DELETE FROM kept_file WHERE kept < ? AND NOT EXISTS (SELECT 1 FROM file_use WHERE file_use.digest = kept_file.digest)",
        now - max(DAY, days * DAY),
    )
    transaction.put("DELETE FROM outsider_mark WHERE since < ?", now - DAY)
