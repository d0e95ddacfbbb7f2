"""What of a stored plan and its outcomes is told: all that was written down under the settings of now, else what they still show.

A plan outlives the settings under which it was made, and another configuration may read the same state. Values are told field by field as
the policy shows them now. Text that may hold anything (labels, how records were chosen, notes, results) is told only where nothing that
decides what is shown has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...dataapi.contents import Value
from ...database.database import Database
from ...policy import may_read, may_run, scope_of, showing
from ...text.sentence import say
from ..contents.packed_items import PackedItems
from ..contents.packed_outcomes import PackedOutcomes
from ..plans.item import Item, RowChange
from ..plans.outcome import Outcome
from ..plans.plan import Plan
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from .plan_heading import heading_of

WITHHELD = say(
    "The owner's settings changed since this was written down: only what they show now is told, without labels and notes."
)


CLOSED = "(closed)"
"""Stands for a layout or a script that is closed now."""


@dataclass(frozen=True)
class Disclosure:
    database: Database

    def is_current(self, step: Step) -> bool:
        """Whether what is shown of the step's layout is decided as it was when the step was planned."""
        return not self.is_closed(step) and step.seen == showing(self.database.policy, step.layout)

    def is_closed(self, step: Step) -> bool:
        """Whether its layout or its script does not exist for the assistant now."""
        policy = self.database.policy
        is_read = not step.layout or may_read(policy, step.layout)
        return not is_read or bool(step.script and not may_run(policy, step.script))

    def is_whole(self, plan: Plan) -> bool:
        return all(self.is_current(step) for step in plan.steps)

    async def shows(self, plan: Plan, *, is_same_account: bool) -> bool:
        """Whether all of somebody else's plan is shown to whoever stands behind this database: by its policy, and by its own
        account's layouts where another account made the plan."""
        if not self.is_whole(plan):
            return False
        if is_same_account:
            return True
        for step in plan.steps:
            names = {name for item in step.telling for name in _names(item)}
            if not names <= await self._shown(step, ()):
                return False
        return True

    async def of(self, progress: Progress) -> Progress:
        """The same plan and outcomes as far as they are told now."""
        if self.is_whole(progress.plan):
            return progress
        steps: list[Step] = []
        outcomes: list[PackedOutcomes] = []
        for step, each in zip(progress.plan.steps, progress.outcomes, strict=True):
            if self.is_current(step):
                steps.append(step)
                outcomes.append(each)
                continue
            shown = await self._shown(step, each)
            steps.append(self._step(step, shown))
            outcomes.append(PackedOutcomes(_outcome(outcome, shown) for outcome in each))
        plan = progress.plan
        if any(CLOSED in (step.layout, step.script) for step in steps):  # its id holds the name too
            plan = replace(plan, id=CLOSED, undoes="")
        told = replace(plan, steps=tuple(steps), heading=heading_of(steps, plan.undoes))
        return replace(progress, plan=told, outcomes=tuple(outcomes))

    def note_read(self, plan: Plan) -> None:
        """The before-images of the plan are handed on: what outsiders wrote in them was read by that."""
        for step in plan.steps:
            if step.layout and step.layout != CLOSED:
                self.database.outsiders.read_stored(step.layout, _images(step, undoes=bool(plan.undoes)))

    async def _shown(self, step: Step, outcomes: Iterable[Outcome]) -> frozenset[str]:
        """The field names of the step that are shown now. Under a scope no stored record is known to lie in it, so none."""
        if not step.layout or scope_of(self.database.policy, step.layout) is not None:
            return frozenset()
        names = {name for item in step.telling for name in _names(item)}
        names |= {name for outcome in outcomes for name in outcome.after}
        return await self.database.shown_names(step.layout, names)

    def _step(self, step: Step, shown: frozenset[str]) -> Step:
        policy = self.database.policy
        is_open = not step.layout or may_read(policy, step.layout)
        script = step.script if not step.script or may_run(policy, step.script) else CLOSED
        return replace(
            step,
            layout=step.layout if is_open else CLOSED,
            items=PackedItems(_item(item, shown) for item in step.items).fewest,
            how=say("A file is written") if step.kind is StepKind.EXPORT else "",
            warnings=(),
            notes=(WITHHELD,),
            script=script,
        )


def _images(step: Step, *, undoes: bool) -> set[str]:
    """Fields whose text came from FileMaker, and holds something."""
    images = [
        each
        for item in step.telling
        for each in (item.before, *(row.before for row in (*item.rows, *item.related)))
    ]
    if undoes:  # what is written is what stood there before
        images += [item.after for item in step.telling]
    return {name for each in images for name, value in each.items() if value != ""}


def _names(item: Item) -> set[str]:
    values = [
        item.before,
        item.after,
        *(each for row in (*item.rows, *item.related) for each in (row.before, row.after)),
    ]
    files = [each.field for each in (*item.files, *([item.file] if item.file is not None else []))]
    return {name for each in values for name in each} | set(item.later) | set(files)


def _item(item: Item, shown: frozenset[str]) -> Item:
    file = item.file
    return replace(
        item,
        label="",
        before=_only(item.before, shown),
        after=_only(item.after, shown),
        later={name: origin for name, origin in item.later.items() if name in shown},
        rows=_rows(item.rows, shown),
        related=_rows(item.related, shown),
        file=None if file is None or file.field not in shown else file,
        files=tuple(each for each in item.files if each.field in shown),
        key=None,
        parameter=None,
    )


def _rows(rows: Iterable[RowChange], shown: frozenset[str]) -> tuple[RowChange, ...]:
    """Without those of which nothing is shown: brought back, they would be empty."""
    told = (replace(row, before=_only(row.before, shown), after=_only(row.after, shown)) for row in rows)
    return tuple(row for row in told if row.before or row.after)


def _outcome(outcome: Outcome, shown: frozenset[str]) -> Outcome:
    return replace(outcome, after=_only(outcome.after, shown), notes=(), result="")


def _only(values: Mapping[str, Value], shown: frozenset[str]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in shown}
