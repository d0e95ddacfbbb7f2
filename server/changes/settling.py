"""Settling what was left open: by a process that died, or by a host that stayed away."""

from __future__ import annotations

from ..errors import FilemakerMcpError
from .means import Means
from .plan import ItemState, Kind, Outcome, Who
from .sending import resolved
from .settle import look, unknown
from .shelf import Progress

UNASKABLE = frozenset({Kind.RUN, Kind.DUPLICATE})
"""Looking again tells nothing new about these, and the reason that was written down at the time is the better one."""


async def settle_the_dead(means: Means, who: Who) -> None:
    """Every item that was on its way when its process ended gets its outcome, by looking."""
    for plan_id in dict.fromkeys(plan for plan, _, _ in means.shelf.unsettled()):
        await _settled(means, means.shelf.open_progress(plan_id), who, (ItemState.SENT,))


async def settle_plan(means: Means, progress: Progress, who: Who) -> Progress:
    """The plan with its unknown items looked for once more, unless somebody is carrying it out."""
    if progress.state == "applying" and means.state.is_alive(progress.runner):
        return progress
    return await _settled(means, progress, who, (ItemState.SENT, ItemState.UNKNOWN))


async def _settled(means: Means, progress: Progress, who: Who, states: tuple[ItemState, ...]) -> Progress:
    plan = progress.plan
    touched = False
    mod_ids: dict[tuple[str, str], str] = {}
    outcomes = [list(each) for each in progress.outcomes]
    for s, step in enumerate(plan.steps):
        for i, item in enumerate(step.items):
            outcome = outcomes[s][i]
            if outcome.state in states and not (
                outcome.state is ItemState.UNKNOWN and step.kind in UNASKABLE
            ):
                touched = True
                frozen = tuple(tuple(each) for each in outcomes)
                try:
                    item = resolved(item, frozen, mod_ids, step.layout)
                    outcome = await look(means.database, means.uploads, step, item, means.exact)
                except FilemakerMcpError as error:
                    outcome = unknown(error.what, item)
                outcomes[s][i] = outcome
                _write_down(means, progress, who, s, i, outcome)
            if outcome.state is ItemState.DONE and outcome.record_id and outcome.mod_id:
                mod_ids[step.layout, outcome.record_id] = outcome.mod_id
    if not touched:
        return progress
    open_left = any(outcome.state is ItemState.OPEN for each in outcomes for outcome in each)
    with means.state.writing() as connection:
        means.shelf.set_state(connection, plan.id, "open" if open_left else "applied")
    return means.shelf.open_progress(plan.id)


def _write_down(means: Means, progress: Progress, who: Who, s: int, i: int, outcome: Outcome) -> None:
    facts = {"state": outcome.state.value, "record": outcome.record_id, "mod_id": outcome.mod_id}
    facts |= {"notes": list(outcome.notes)}
    image = {"after": outcome.after} if outcome.after else None
    with means.state.writing() as connection:
        means.shelf.set_item(connection, progress.plan.id, s, i, outcome)
        means.journal.append(
            connection, database=progress.plan.database, who=who, plan=progress.plan.id,
            event="settled", facts=facts, step=s, item=i, image=image,
        )  # fmt: skip
