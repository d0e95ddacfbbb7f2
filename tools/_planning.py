"""Plans: made in their call where that takes seconds, else by a job; shown, or carried out at once where the owner wants no second call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mcp_types import InputRequiredResult

from ._background import BackgroundQuestion, answered
from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.changes.planning.request import PlanRequest
    from ..server.changes.plans.progress import Progress

Planning = Callable[["PlanRequest"], Awaitable["Progress"]]
Apply = Callable[[Call, str], Awaitable[Answer | InputRequiredResult]]


async def planned(
    call: Call,
    subject: str,
    asked: tuple[object, ...],
    request: PlanRequest,
    plan: Planning,
    apply: Apply,
    *,
    at_once: bool = False,
) -> Answer | InputRequiredResult:
    """The plan that `plan` makes, or the job that goes on making it. `asked` are the arguments that make it this question;
    `apply` carries a plan out, by its id, also without a second call where that is wanted, or with `at_once`."""
    from ..server.jobs.job import JobKind, Report

    made: list[Progress] = []

    async def work(report: Report) -> Answer:
        progress = await plan(replace(request, report=report))
        made.append(progress)
        return await plan_answer(call, progress)

    answer = await answered(call, BackgroundQuestion(JobKind.PLAN, subject, asked), work, kept=_reference)
    if made and (at_once or await goes_at_once(call, made[0])):
        return await apply(call, made[0].plan.id)
    return answer


async def goes_at_once(call: Call, progress: Progress) -> bool:
    """Whether the owner wants it carried out without a second call, and nobody has to be asked."""
    from ..server.policy import Approval

    agreement = await call.changes.carrying.required.of(progress.plan)
    agreed = agreement.by is Approval.CLIENT or progress.approved_by
    return bool(call.changes.carrying.required.goes_at_once(progress.plan) and agreed)


async def plan_answer(call: Call, progress: Progress) -> Answer:
    """The plan as far as it is told now, and what is needed to carry it out."""
    from ..server.changes.display.outsider_values import outsiders_wrote
    from ..server.changes.plans import plan_answers as presenting
    from ..server.changes.unhurried import unhurried
    from ..server.policy import Approval

    agreement = await call.changes.carrying.required.of(progress.plan)
    needs = f"Show this to the person; apply_change {progress.plan.id} carries it out."
    if agreement.by is Approval.PERSON:
        needs += f" A person has to agree to it, because {agreement.because}."
    plan = (await call.changes.known.disclosed(progress)).plan
    facts = await unhurried(plan.records, presenting.planned, plan, needs)
    return facts | outsiders_wrote(call.database, plan) | call.changes.links.of_plan(plan)


def _reference(answer: Answer) -> Answer:
    """What a job keeps of a plan: the plan itself is looked up, and shown as the owner's settings are by then."""
    return {
        name: answer[name] for name in ("state", "change_id", "summary", "expires", "next") if name in answer
    }
