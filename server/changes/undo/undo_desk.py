"""Plans the undo of a change, after looking whether there is anything to take back."""

from __future__ import annotations

from ...errors import Changed, Forbidden, InputError
from ..applying.apply_context import Means
from ..display.disclosure import CLOSED, Disclosure
from ..execution import Execution
from ..journal.ledger import Ledger
from ..planning.request import PlanRequest
from ..plans.plan import Who
from ..plans.progress import Progress
from .undo import way_back


class UndoDesk:
    def __init__(self, means: Means, ledger: Ledger, execution: Execution) -> None:
        self._means = means
        self._ledger = ledger
        self._execution = execution
        self._disclosure = Disclosure(means.database)

    async def latest(self, who: Who) -> str:
        """The caller's latest change of which something stands. Raises InputError when there is none."""
        await self._execution.settle(who)
        found = await self._means.shelf.latest(who)
        if found is None:
            raise InputError("There is no change of yours to take back", advice="list_changes shows them.")
        return found

    async def plan(self, request: PlanRequest, change_id: str) -> Progress:
        """A plan that takes a change back; what it leaves as it is stands in its warnings."""
        who = request.who
        await self._execution.settle(who)
        progress = await self._disclosure.of(await self._means.shelf.find(change_id, who))
        if any(step.layout == CLOSED for step in progress.plan.steps):
            raise Forbidden(
                "The owner's settings close a layout of this change now, so nothing of it is taken back",
                changed=Changed.NOTHING,
            )
        if progress.state == "undone":
            raise InputError(f"{change_id} has been taken back already", advice="Nothing was changed.")
        if progress.plan.stage:  # what was made before the owner named a stage can still be taken back
            self._ledger.caps.check_stage(progress.plan)
        await self._means.journal.items.look(change_id, self._means.state)
        await self._ledger.conflicts.check_not_under_way(change_id)
        await self._means.history.noticed(who, surely=True)
        await self._means.history.check_there(change_id, who)
        taken = await self._means.accounts.taken_back(change_id)
        back = await way_back(self._means, progress, taken, request.report)
        if not back.records and taken:
            raise InputError(f"{change_id} has been taken back already", advice="Nothing was changed.")
        if not back.records:
            raise InputError(f"{change_id} changed nothing, so there is nothing to take back")
        if not any(step.items for step in back.steps):
            raise InputError(
                f"Nothing of {change_id} can be taken back: {'; '.join(back.left)}",
                advice="Nothing was changed.",
            )
        kept = await self._ledger.put(who, back.told_steps, ("undo", change_id), undoes=change_id)
        self._means.continuity.note(kept.plan.id, request.began)
        return kept
