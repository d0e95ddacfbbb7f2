"""What leaves FileMaker after outsiders' text was read: put before a person as a plan, let go once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dataapi.models import Value
from ..policy import Approval, ScriptEffect
from .applying.apply_context import Means
from .plans.ledger import Ledger
from .plans.plan import Item, ItemState, Kind, Outcome, Step, Who
from .plans.plan_store import Progress


def export_step(layout: str, how: str, facts: Mapping[str, Value], covers: str) -> Step:
    """A file that is written outside FileMaker. `how` says it in a sentence without a full stop, `facts` in detail, and
    `covers` is a digest of everything that somebody agrees to thereby."""
    item = Item(after=dict(facts))
    return Step(Kind.EXPORT, layout, (item,), how=how, effect=ScriptEffect.READS.value, covers=covers)


class Leaving:
    def __init__(self, means: Means, ledger: Ledger) -> None:
        self._means = means
        self._ledger = ledger

    @property
    def is_free(self) -> bool:
        """Whether nobody has to agree."""
        return self._means.database.agreement_to_let_out.by is Approval.CLIENT

    async def asked(self, who: Who, step: Step, asked: tuple[Any, ...]) -> Progress:
        """The plan to which a person may have agreed already: the same request finds it again until it was let go."""
        return await self._ledger.put_again(who, [step], ("let out", *asked))

    async def let_go(self, progress: Progress, who: Who, facts: Mapping[str, Any]) -> None:
        """Written down, with what became of it; the next one is asked for anew."""
        await self._ledger.begin(progress.plan, who, person=True)
        outcome = Outcome(ItemState.DONE)
        async with self._means.state.writing() as transaction:
            for s, step in enumerate(progress.plan.steps):
                for i in range(len(step.items)):
                    await self._means.shelf.set_item(transaction, progress.plan.id, s, i, outcome)
            await self._means.journal.append(
                transaction,
                database=self._ledger.identity,
                who=who,
                plan=progress.plan.id,
                event="outcome",
                facts={"outcome": "let out", **facts},
            )
        await self._ledger.end(progress.plan, who)
