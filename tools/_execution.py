"""Plans carried out: once whoever has to agree has agreed, as work that may outlast the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_types import InputRequiredResult

from ..server.errors import InputError
from ._call import Answer, Call
from ._consent import Agreed, ask
from ._planning import goes_at_once, plan_answer
from .jobs import outlasting

if TYPE_CHECKING:
    from ..server.changes.plans.progress import Progress
    from ..server.jobs.job import Task


async def applied(
    call: Call, change_id: str, *, go_on: bool = False, all_or_nothing: bool = False
) -> Answer | InputRequiredResult:
    """Carried out, as soon as whoever has to agree has agreed."""
    progress = await call.changes.carrying.settled(call.who, change_id)
    if progress.plan.steps[0].kind == "export":
        raise InputError(
            f"{change_id} is about a file, which its own tool writes",
            advice="Call that tool again with the same arguments.",
        )
    await call.changes.carrying.check_open(progress, call.who)
    agreement = await call.changes.carrying.required.person_needed(progress)
    if agreement is not None:
        given = await ask(call, progress, agreement)
        if not isinstance(given, Agreed):
            return given
        progress = await call.changes.carrying.settled(call.who, change_id)
    task = await applying(call, progress, go_on=go_on, all_or_nothing=all_or_nothing)
    return await outlasting(call, task, stops_with_call=True)


async def applying(call: Call, progress: Progress, *, go_on: bool, all_or_nothing: bool) -> Task:
    """Carrying a plan out, as work that may outlast the call."""
    from ..server.jobs.job import JobKind, Order, OrderKind, Task

    change_id = progress.plan.id
    heading = (await call.changes.known.disclosed(progress, contents=False)).plan.heading
    return Task(
        kind=JobKind.CHANGE,
        subject=change_id,
        heading=heading,
        caller=call.caller,
        fingerprint=f"apply {change_id}",
        work=Order(
            OrderKind.CHANGE,
            change_id,
            call.client,
            go_on=go_on,
            all_or_nothing=all_or_nothing,
            is_runbook=bool(progress.plan.steps[0].runbook),
        ),
        changes_things=True,
        plan=change_id,
    )


async def shown(call: Call, progress: Progress) -> Answer | InputRequiredResult:
    """The plan; or its outcome, where the owner wants no second call."""
    if await goes_at_once(call, progress):
        return await applied(call, progress.plan.id)
    return await plan_answer(call, progress)
