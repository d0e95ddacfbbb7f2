"""Settling what was left open: by a process that died, or by a host that stayed away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from ...errors import FilemakerMcpError
from ...query.found_sets.parallel_reads import in_parallel
from ..contents.altered_plan import AlteredPlan
from ..contents.packed_outcomes import PackedOutcomes
from ..outcomes.told_outcomes import unknown
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Who
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from .apply_context import Means
from .claim import SEND_WITHIN
from .item_books import Entry
from .item_request import resolved
from .lost_writes import look

IsCarriedOut = Callable[[str, str], Awaitable[bool]]
"""Whether the process of that name is alive and has the plan in hand: by the plan's id and the runner."""
UNASKABLE = frozenset({StepKind.RUN, StepKind.DUPLICATE, StepKind.EXPORT})
"""Looking again tells nothing new about these, and the reason that was written down at the time is the better one."""


async def settle_the_dead(means: Means, who: Who, is_carried_out: IsCarriedOut) -> bool:
    """Every item that was on its way when its process ended gets its outcome, by looking. No plan stays in the hands of a dead
    process. Whether there was any."""
    has_settled = False
    for plan_id, runner in await means.shelf.states.unfinished():
        if not await is_carried_out(plan_id, runner):
            has_settled = True
            with suppress(AlteredPlan):  # it stays as it is, and nobody else's changes wait for it
                await _interrupted(means, await _settled(means, plan_id, who, (ItemState.SENT,)), who, runner)
    return has_settled


async def settle_plan(means: Means, progress: Progress, who: Who, *, is_carried_out: bool) -> Progress:
    """The plan with its unknown items looked for once more, unless somebody is carrying it out."""
    states = (ItemState.SENT, ItemState.UNKNOWN)
    if (progress.state == "applying" and is_carried_out) or not any(_open_ends(progress, states)):
        return progress
    return await _settled(means, progress.plan.id, who, states)


def _open_ends(progress: Progress, states: tuple[ItemState, ...]) -> list[list[int]]:
    """The items of each step in one of these states of which looking again may tell more."""
    return [
        [i for i, outcome in each.in_states(*states) if not _is_told(step, outcome)]
        for step, each in zip(progress.plan.steps, progress.outcomes, strict=True)
    ]


async def _settled(means: Means, plan_id: str, who: Who, states: tuple[ItemState, ...]) -> Progress:
    seen = await means.journal.latest(plan_id)
    progress = await means.shelf.open_progress(plan_id)
    asked = _open_ends(progress, states)
    if not any(asked):
        return progress
    await means.journal.items.look(plan_id, means.state)
    outcomes = [each.copy() for each in progress.outcomes]
    # A process elsewhere that was cut off lives on, and what it handed over may still arrive: that it has not is no proof yet.
    seconds = SEND_WITHIN + means.timeout
    young = (
        await means.claims.under_way(plan_id, seconds)
        if means.state.is_shared
        else frozenset[tuple[int, int]]()
    )
    for s, numbers in enumerate(asked):
        found = await _looked(means, progress, s, numbers, outcomes)
        told = {
            i: outcome
            for i, outcome in found.items()
            if (s, i) not in young or outcome.state is not ItemState.OPEN
        }
        for i, outcome in told.items():
            outcomes[s].put(i, outcome)
        place = await _write_down(means, progress, who, s, told, seen) if told else seen
        if place is None:
            break
        seen = place
    else:
        if progress.state != "applying":
            async with means.state.writing(progress.plan.database) as transaction:
                means.shelf.states.leave(transaction, progress, _left(outcomes))
    return await means.shelf.open_progress(plan_id)


async def _interrupted(means: Means, progress: Progress, who: Who, runner: str) -> None:
    """Does nothing where somebody else began to carry it out, or wrote this down, meanwhile."""
    counts = {state.value: count for state, count in progress.states.items() if count}
    async with means.state.writing(progress.plan.database) as transaction:
        if not await means.shelf.states.is_in_hand(progress.plan.id, runner, transaction):
            return
        means.shelf.states.leave(transaction, progress, _left(progress.outcomes))
        await means.journal.append(
            transaction, database=progress.plan.database, who=who, plan=progress.plan.id,
            event="interrupted", facts={"outcomes": counts},
        )  # fmt: skip


def _left(outcomes: Iterable[PackedOutcomes]) -> str:
    open_left = any(each.states[ItemState.OPEN] for each in outcomes)
    return "open" if open_left else "applied"


def _is_told(step: Step, outcome: Outcome) -> bool:
    return outcome.state is ItemState.UNKNOWN and step.kind in UNASKABLE


async def _looked(
    means: Means, progress: Progress, s: int, numbers: Sequence[int], outcomes: Sequence[Sequence[Outcome]]
) -> dict[int, Outcome]:
    """What became of items of one step, as many at once as there are sessions. What they need of others was known when they
    were sent."""
    step, known = progress.plan.steps[s], tuple(outcomes)
    found: dict[int, Outcome] = {}

    async def looked(i: int) -> None:
        place, item = (progress.plan.id, s, i), step.items[i]
        try:
            item = resolved(item, known, None, step.layout)
            item = replace(item, mod_id=await means.accounts.sent_at(place) or item.mod_id)
            found[i] = await look(means, place, step, item)
        except FilemakerMcpError as error:
            found[i] = unknown(error.what, item)

    await in_parallel((partial(looked, i) for i in numbers), means.database.pool_size)
    return {i: found[i] for i in numbers}


async def _write_down(
    means: Means, progress: Progress, who: Who, s: int, outcomes: Mapping[int, Outcome], seen: int
) -> int | None:
    """The place of the last entry. None when something else was written down about the plan meanwhile: then somebody else
    settles it, or has gone on with it, and what was found out here may be out of date."""
    plan = progress.plan.id
    entries: list[Entry] = []
    for i, outcome in outcomes.items():
        facts = {"state": outcome.state.value, "record": outcome.record_id, "mod_id": outcome.mod_id}
        facts |= {"notes": list(outcome.notes)}
        entries.append(((s, i), facts, {"after": outcome.after} if outcome.after else None))
    async with means.state.writing(progress.plan.database) as transaction:
        if await means.journal.latest(plan, transaction) != seen:
            return None
        keys = await means.shelf.keys(transaction, plan, [(s, i) for i in outcomes])
        for i, outcome in outcomes.items():
            means.shelf.rows.set_outcome(transaction, (plan, s, i), outcome, keys[s, i])
            means.script_log.settle(transaction, plan, s, i, outcome.state)
        return await means.journal.append_all(
            transaction, database=progress.plan.database, who=who, plan=plan, event="settled",
            entries=entries, keys=keys,
        )  # fmt: skip
