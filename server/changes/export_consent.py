"""After untrusted text was read, exports and scripts that read need a person's approval, once each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dataapi.contents import Value
from ..policy import Approval, ScriptEffect
from .applying.apply_context import Means
from .journal.ledger import Ledger
from .plans.item import Item
from .plans.outcome import ItemState, Outcome
from .plans.plan import Who
from .plans.progress import Progress
from .plans.step import Step, StepKind


def export_step(layout: str, how: str, facts: Mapping[str, Value], covers: str) -> Step:
    """A file that is written outside FileMaker. `how` says it in a sentence without a full stop, `facts` in detail, and
    `covers` is a digest of everything that somebody agrees to thereby."""
    item = Item(after=dict(facts))
    return Step(StepKind.EXPORT, layout, (item,), how=how, effect=ScriptEffect.READS.value, covers=covers)


class ExportConsents:
    def __init__(self, means: Means, ledger: Ledger) -> None:
        self._means = means
        self._ledger = ledger

    @property
    def is_free(self) -> bool:
        """Whether nobody has to agree."""
        return self._means.database.agreement_to_let_out.by is Approval.CLIENT

    async def asked(self, who: Who, step: Step, asked: tuple[Any, ...]) -> Progress:
        """The plan for this request. The same request finds it again until the export was made. Raises AlteredPlan where it was
        made, and another program says that it was not."""
        progress = await self._ledger.put_again(who, [step], ("let out", *asked))
        await self._means.journal.items.look(progress.plan.id, self._means.state)
        return progress

    async def let_go(self, progress: Progress, who: Who, facts: Mapping[str, Any]) -> None:
        """Writes down that the export was made. The next one needs a new agreement."""
        await self._ledger.begin(progress.plan, who, person=True)
        outcome = Outcome(ItemState.DONE)
        async with self._means.state.writing(self._ledger.identity) as transaction:
            plan, rows = progress.plan, self._means.shelf.rows
            places = [(s, i) for s, step in enumerate(plan.steps) for i in range(len(step.items))]
            keys = await self._means.shelf.keys(transaction, plan.id, places)
            for (s, i), key in keys.items():
                rows.set_outcome(transaction, (plan.id, s, i), outcome, key)
            await self._means.journal.append(
                transaction,
                database=self._ledger.identity,
                who=who,
                plan=progress.plan.id,
                event="outcome",
                facts={"outcome": "let out", **facts},
            )
        await self._ledger.end(progress.plan, who)
