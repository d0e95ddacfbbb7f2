"""Asking a person to agree: at the client where it can, else on a page of this machine, else at a terminal. Silence is no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
from mcp_types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from pydantic import BaseModel, Field

from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.changes.plans.plan import Plan
    from ..server.changes.plans.progress import Progress
    from ..server.policy import Agreement

KEY = "agreement"
SILENCE: dict[str, object] = {}
NO = "The person did not agree. Change nothing unless they ask for it again."


class Echo(BaseModel):
    """Something a client cannot fill in by itself: it is only in the text that the person reads."""

    letters: str = Field(description="The four letters at the end of the text")


@dataclass(frozen=True)
class Agreed:
    """A person agreed, and that is written down."""


async def ask(
    call: Call, progress: Progress, agreement: Agreement, *, again: str = "apply_change again"
) -> Agreed | Answer | InputRequiredResult:
    """Who agreed; else what to answer: the question itself (newer protocol), or that the plan waits."""
    from ..server.approval.chat_question import fresh_letters, question_for
    from ..server.changes.consent.person_consent import ConsentMethod, PersonConsent

    plan = progress.plan
    told = (await call.changes.known.disclosed(progress)).plan
    if await call.changes.agreements.declined_at(plan) is not None:
        return _declined(
            call, plan, told, again, "They said no less than an hour ago, so they were not asked again."
        )
    text = question_for(plan, agreement.because) if _can_ask(call) and not plan.four_eyes else None
    if text is None:
        return await _elsewhere(call, progress, told, agreement, again)
    in_chat = call.workspace.approvals.in_chat
    if call.answers_by_result:
        given = call.context.input_responses or {}
        letters = in_chat.take(call.context.request_state, plan)
        if KEY not in given or letters is None:
            letters = fresh_letters()
            return _question(f"{text}\n\nTo agree, type: {letters}", in_chat.put(plan, letters))
        result = given[KEY]
        typed = result.content if isinstance(result, ElicitResult) and result.action == "accept" else None
    else:
        letters = fresh_letters()
        typed = await _asked_within_the_call(call, f"{text}\n\nTo agree, type: {letters}")
        if typed is SILENCE:
            return _declined(call, plan, told, again, "Nobody answered.")
    if typed is not None and str(typed.get("letters", "")).strip().casefold() == letters:
        by = f"a person at the client {call.client}".rstrip()
        consent = PersonConsent(by, ConsentMethod.CLIENT, plan.records, typed="letters")
        await call.changes.agreements.agreed(plan, call.who, consent)
        return Agreed()
    await call.changes.agreements.declined(plan, call.who, "at the client")
    return _declined(call, plan, told, again, "")


def _declined(call: Call, plan: Plan, told: Plan, again: str, why: str) -> Answer:
    """They did not agree. They can change their mind where no assistant answers for them."""
    from ..server.changes.plans import plan_answers

    unseen = f"If they never saw the question or want it now, they can agree {call.workspace.approvals.places(plan)}."
    words = " ".join(part for part in (NO, why, unseen, f"Then call {again}.") if part)
    return plan_answers.planned(told, needs=words) | {"agreed": False}


async def _elsewhere(
    call: Call, progress: Progress, told: Plan, agreement: Agreement, again: str
) -> Agreed | Answer:
    """A page on this machine, or a terminal; the plan waits for either. Nobody is shown one there that was begun."""
    from ..server.changes.plans import plan_answers

    plan, approvals = progress.plan, call.workspace.approvals
    lost = await call.changes.agreements.lost(plan)
    if set(progress.states) - {"open"}:
        needs = f"{lost} A person has to agree, because {agreement.because}, and {plan.id} was begun: plan what is left anew."
        return await call.changes.carrying.told(progress) | {"next": needs.lstrip()}
    yes = await approvals.ask(call.changes.agreements, plan, agreement.because)
    if yes:
        return Agreed()
    if yes is False:
        return _declined(call, plan, told, again, "")
    needs = (
        f"A person has to agree, because {agreement.because}: {approvals.places(plan)}. Then call {again}."
    )
    return plan_answers.planned(told, needs=f"{lost} {needs}".lstrip())


def _question(text: str, name: str) -> InputRequiredResult:
    schema = {
        "type": "object",
        "properties": {"letters": {"type": "string", "title": "The four letters"}},
        "required": ["letters"],
    }
    request = ElicitRequest(params=ElicitRequestFormParams(message=text, requested_schema=schema))
    return InputRequiredResult(input_requests={KEY: request}, request_state=name)


async def _asked_within_the_call(call: Call, text: str) -> dict[str, object] | None:
    """The older protocol: a request of ours while the call waits. `SILENCE` from a client that never answers."""
    with anyio.move_on_after(call.workspace.approval_seconds):
        try:
            result = await call.context.elicit(text, Echo)
        except Exception:  # noqa: BLE001 -- whatever a client answers that is not a plain yes is a no
            return None
        return {"letters": result.data.letters} if result.action == "accept" else None
    return SILENCE


def _can_ask(call: Call) -> bool:
    if not call.workspace.approvals.asks_in_chat:
        return False
    capabilities = call.context.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    if elicitation is None:
        return False
    return elicitation.form is not None or elicitation.url is None
