"""What is written down about an item of a plan: claimed before its request goes out, settled when its outcome is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...local.state.state import Row, Transaction
from ..plans.plan import Item, Outcome, Step, StepKind, Who
from ..plans.plan_store import Progress
from .apply_context import Means
from .current_rows import appeared


class ItemBooks:
    """The entries about one plan that this process carries out."""

    def __init__(self, means: Means, begun: Progress, who: Who) -> None:
        """`begun` is the plan as it was when its execution began."""
        self._means = means
        self._begun = begun
        self._plan = begun.plan
        self._who = who

    async def claim(
        self, transaction: Transaction, place: tuple[int, int], step: Step, item: Item, planned: Item
    ) -> bool:
        """Whether it is ours to send. `item` is what goes out, `planned` what the plan holds. Raises Forbidden when the plan or
        the agreement to it was altered since its execution began."""
        means, begun, plan = self._means, self._begun, self._plan
        rows, claimed, heads = await transaction.several(
            ("SELECT * FROM plan WHERE id = ?", (plan.id,)),
            means.shelf.claim_item(plan.id, *place),
            means.journal.head(plan.database),
        )
        means.shelf.agreements.check_unaltered(
            rows, plan, approved_by=begun.approved_by, is_sealed=begun.is_sealed
        )
        if not claimed:
            return False
        facts = _facts(step, item) | {"appeared": appeared(planned, item)}
        await self._enter(transaction, place, "attempt", facts, {"before": item.before}, heads)
        if step.kind is StepKind.RUN:
            means.script_log.enter(transaction, plan.id, *place, step, item, self._who)
        return True

    async def settle(self, place: tuple[int, int], outcome: Outcome, *, attempted: bool) -> None:
        means = self._means
        facts = {"state": outcome.state.value, "record": outcome.record_id, "mod_id": outcome.mod_id}
        facts |= {"notes": list(outcome.notes), "code": outcome.code, "sent": attempted}
        async with means.state.writing() as transaction:
            means.shelf.set_item(transaction, self._plan.id, *place, outcome)
            if self._plan.steps[place[0]].kind is StepKind.RUN:
                means.script_log.settle(transaction, self._plan.id, *place, outcome.state)
            await self._enter(
                transaction, place, "outcome", facts, {"after": outcome.after} if outcome.after else None
            )

    async def _enter(
        self,
        transaction: Transaction,
        place: tuple[int, int],
        event: str,
        facts: dict[str, Any],
        image: dict[str, Any] | None,
        heads: Sequence[Row] | None = None,
    ) -> None:
        await self._means.journal.append(
            transaction, database=self._plan.database, who=self._who, plan=self._plan.id,
            event=event, facts=facts, step=place[0], item=place[1], image=image, heads=heads,
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
