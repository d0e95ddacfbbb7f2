"""What is written down about an item of a plan: claimed before its request goes out, settled when its outcome is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...errors import Stopped
from ...local.keys.sealed_contents import DataKey
from ...local.state.state import Question, Row, Transaction
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Who
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from .apply_context import Means
from .current_rows import appeared

Entry = tuple[tuple[int, int], dict[str, Any], dict[str, Any] | None]
"""(step, item), facts and image."""
LOOK_SECONDS = 4.0
"""What ends somebody's access is in force within five."""


class ItemBooks:
    """The entries about one plan that this process carries out."""

    def __init__(self, means: Means, begun: Progress, who: Who) -> None:
        """`begun` is the plan as it was when its execution began."""
        self._means = means
        self._begun = begun
        self._plan = begun.plan
        self._who = who
        self.claims = means.claims
        self._judged = means.now()
        """When it was last looked at whether it may go on. It was when the plan was begun."""

    async def claim(self, transaction: Transaction, place: tuple[int, int], step: Step, item: Item) -> bool:
        """Whether it is ours to send. `item` is what goes out. Raises as `claim_all`."""
        items = {place: item}
        answers = await transaction.several(*self._claiming(items))
        return bool(await self._claimed(transaction, answers, step, items))

    async def claim_all(self, step: Step, items: Mapping[tuple[int, int], Item]) -> set[tuple[int, int]]:
        """The places of those that are ours to send. What goes out is written down of each before any is sent. Raises
        Forbidden when the plan or the agreement to it was altered since its execution began, or counts no more."""
        await self.check_standing()

        async def work(transaction: Transaction, answers: list[Sequence[Row]]) -> set[tuple[int, int]]:
            return await self._claimed(transaction, answers, step, items)

        return await self._means.state.together(self._plan.database, self._claiming(items), work)

    async def check_standing(self) -> None:
        """Every few seconds, since the owner may stop it and the rights of whoever agreed may be lost meanwhile. Raises Stopped."""
        means, now = self._means, self._means.now()
        if 0 <= now - self._judged < LOOK_SECONDS:
            return
        if stop := await means.stop.of(self._who.caller.id):
            raise Stopped(stop.why, advice="Nothing more was sent.")
        if self._begun.approved_by and (lost := await means.shelf.agreements.lost(self._plan)):
            raise Stopped(
                lost.rstrip("."),
                advice="Nothing more was sent. Plan what is left anew: a person is asked about it.",
            )
        self._judged = now

    def _claiming(self, items: Collection[tuple[int, int]]) -> list[Question]:
        means, plan = self._means, self._plan
        return [
            ("SELECT * FROM plan WHERE id = ?", (plan.id,)),
            means.journal.head(plan.database),
            means.shelf.rows.key_question(plan.id, items),
            *(self.claims.take(plan.id, *place) for place in items),
        ]

    async def _claimed(
        self,
        transaction: Transaction,
        answers: Sequence[Sequence[Row]],
        step: Step,
        items: Mapping[tuple[int, int], Item],
    ) -> set[tuple[int, int]]:
        means, begun, plan = self._means, self._begun, self._plan
        rows, heads, keys, *claimed = answers
        means.shelf.agreements.check_unaltered(
            rows, plan, approved_by=begun.approved_by, is_sealed=begun.is_sealed
        )
        ours = {place: item for (place, item), rows in zip(items.items(), claimed, strict=True) if rows}
        entries: list[Entry] = []
        for (s, i), item in ours.items():
            facts = _facts(step, item) | {"appeared": appeared(plan.steps[s].items[i], item)}
            entries.append(((s, i), facts, {"before": item.before}))
            if step.kind is StepKind.RUN:
                means.script_log.enter(transaction, plan.id, s, i, step, item, self._who)
        await self._enter(transaction, "attempt", entries, heads, means.shelf.rows.keys(keys))
        return set(ours)

    async def release(self, items: Mapping[tuple[int, int], Item]) -> None:
        """Items that were claimed and not sent are open again, as far as nobody has taken the plan over."""
        plan = self._plan
        facts: dict[str, Any] = {"state": ItemState.OPEN.value, "sent": False}
        async with self._means.state.writing(plan.database) as transaction:
            released = await transaction.several(
                *(self.claims.release_item(plan.id, *place) for place in items)
            )
            entries: list[Entry] = [
                (place, facts | {"record": item.record_id}, None)
                for (place, item), rows in zip(items.items(), released, strict=True)
                if rows
            ]
            await self._enter(transaction, "outcome", entries)

    async def settle(self, outcomes: Mapping[tuple[int, int], Outcome], *, attempted: bool) -> None:
        """What became of items, in one transaction."""
        means, plan = self._means, self._plan

        async def work(transaction: Transaction, answers: list[Sequence[Row]]) -> None:
            heads, found = answers
            entries: list[Entry] = []
            keys = means.shelf.rows.keys(found)
            for (s, i), outcome in outcomes.items():
                means.shelf.rows.set_outcome(transaction, (plan.id, s, i), outcome, keys[s, i])
                if plan.steps[s].kind is StepKind.RUN:
                    means.script_log.settle(transaction, plan.id, s, i, outcome.state)
                facts = {"state": outcome.state.value, "record": outcome.record_id, "mod_id": outcome.mod_id}
                facts |= {"notes": list(outcome.notes), "code": outcome.code, "sent": attempted}
                entries.append(((s, i), facts, {"after": outcome.after} if outcome.after else None))
            await self._enter(transaction, "outcome", entries, heads, keys)

        questions = [means.journal.head(plan.database), means.shelf.rows.key_question(plan.id, outcomes)]
        await means.state.together(plan.database, questions, work)

    async def _enter(
        self,
        transaction: Transaction,
        event: str,
        entries: Sequence[Entry],
        heads: Sequence[Row] | None = None,
        keys: Mapping[tuple[int, int], DataKey] | None = None,
    ) -> None:
        if entries:
            await self._means.journal.append_all(
                transaction, database=self._plan.database, who=self._who, plan=self._plan.id, event=event,
                entries=entries, heads=heads, keys=keys,
            )  # fmt: skip


def _facts(step: Step, item: Item) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": step.kind.value, "layout": step.layout, "record": item.record_id}
    facts |= {"mod_id": item.mod_id, "fields": sorted(item.after), "label": item.label, "writes": item.writes}
    if step.script:
        facts["script"] = step.script
    if item.rows:
        facts["rows"] = [[c.kind.value, c.portal, c.record_id] for c in item.rows]
    if item.file is not None:
        facts["file"] = [item.file.field, item.file.name, item.file.size]
    return facts
