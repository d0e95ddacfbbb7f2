"""Settling what was left open: by a process that died, or by a host that stayed away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from ...errors import FilemakerMcpError
from ..plans.other_writes import Place
from ..plans.plan import Item, ItemState, Outcome, Step, StepKind, Who
from ..plans.plan_store import Progress
from .apply_context import Means
from .claim import SEND_WITHIN
from .edit_outcome import unknown
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
    for plan_id, runner in await means.shelf.unfinished():
        if not await is_carried_out(plan_id, runner):
            has_settled = True
            await _interrupted(means, await _settled(means, plan_id, who, (ItemState.SENT,)), who, runner)
    return has_settled


async def settle_plan(means: Means, progress: Progress, who: Who, *, is_carried_out: bool) -> Progress:
    """The plan with its unknown items looked for once more, unless somebody is carrying it out."""
    if progress.state == "applying" and is_carried_out:
        return progress
    return await _settled(means, progress.plan.id, who, (ItemState.SENT, ItemState.UNKNOWN))


async def _settled(means: Means, plan_id: str, who: Who, states: tuple[ItemState, ...]) -> Progress:
    seen = await means.journal.latest(plan_id)
    progress = await means.shelf.open_progress(plan_id)
    outcomes = [list(each) for each in progress.outcomes]
    open_items = [
        (s, i)
        for s, each in enumerate(outcomes)
        for i, outcome in enumerate(each)
        if outcome.state in states and not _is_told(progress.plan.steps[s], outcome)
    ]
    # A process elsewhere that was cut off lives on, and what it handed over may still arrive: that it has not is no proof yet.
    seconds = SEND_WITHIN + means.timeout
    young = (
        await means.claims.under_way(plan_id, seconds)
        if means.state.is_shared
        else frozenset[tuple[int, int]]()
    )
    for s, i in open_items:
        step = progress.plan.steps[s]
        frozen = tuple(tuple(each) for each in outcomes)
        outcome = await _looked(means, (plan_id, s, i), step, step.items[i], frozen)
        if outcome.state is ItemState.OPEN and (s, i) in young:
            continue
        outcomes[s][i] = outcome
        place = await _write_down(means, progress, who, (plan_id, s, i), outcomes[s][i], seen)
        if place is None:
            break
        seen = place
    else:
        if open_items and progress.state != "applying":
            async with means.state.writing(progress.plan.database) as transaction:
                means.shelf.leave(transaction, progress, _left(outcomes))
    return await means.shelf.open_progress(plan_id) if open_items else progress


async def _interrupted(means: Means, progress: Progress, who: Who, runner: str) -> None:
    """Does nothing where somebody else began to carry it out, or wrote this down, meanwhile."""
    counts = Counter(outcome.state.value for outcome in progress.all_outcomes)
    async with means.state.writing(progress.plan.database) as transaction:
        if not await means.shelf.is_in_hand(progress.plan.id, runner, transaction):
            return
        means.shelf.leave(transaction, progress, _left(progress.outcomes))
        await means.journal.append(
            transaction, database=progress.plan.database, who=who, plan=progress.plan.id,
            event="interrupted", facts={"outcomes": dict(counts)},
        )  # fmt: skip


def _left(outcomes: Iterable[Iterable[Outcome]]) -> str:
    open_left = any(outcome.state is ItemState.OPEN for each in outcomes for outcome in each)
    return "open" if open_left else "applied"


def _is_told(step: Step, outcome: Outcome) -> bool:
    return outcome.state is ItemState.UNKNOWN and step.kind in UNASKABLE


async def _looked(
    means: Means, place: Place, step: Step, item: Item, outcomes: tuple[tuple[Outcome, ...], ...]
) -> Outcome:
    try:
        item = resolved(item, outcomes, {}, step.layout)
        item = replace(item, mod_id=await means.accounts.sent_at(place) or item.mod_id)
        return await look(means, place, step, item)
    except FilemakerMcpError as error:
        return unknown(error.what, item)


async def _write_down(
    means: Means, progress: Progress, who: Who, place: Place, outcome: Outcome, seen: int
) -> int | None:
    """The entry's place. None when something else was written down about the plan meanwhile: then somebody else settles
    it, or has gone on with it, and what was found out here may be out of date."""
    plan, s, i = place
    facts = {"state": outcome.state.value, "record": outcome.record_id, "mod_id": outcome.mod_id}
    facts |= {"notes": list(outcome.notes)}
    image = {"after": outcome.after} if outcome.after else None
    async with means.state.writing(progress.plan.database) as transaction:
        if await means.journal.latest(plan, transaction) != seen:
            return None
        (key,) = (await means.shelf.keys(transaction, plan, [(s, i)])).values()
        means.shelf.rows.set_outcome(transaction, place, outcome, key)
        means.script_log.settle(transaction, plan, s, i, outcome.state)
        return await means.journal.append(
            transaction, database=progress.plan.database, who=who, plan=plan,
            event="settled", facts=facts, step=s, item=i, image=image, key=key,
        )  # fmt: skip
