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
    from ..server.changes.plans.plan_store import Progress
    from ..server.policy import Agreement

KEY = "agreement"
NO = "The person did not agree. Change nothing unless they ask for it again."


class Echo(BaseModel):
    """Something a client cannot fill in by itself: it is only in the text that the person reads."""

    letters: str = Field(description="The four letters at the end of the text")


@dataclass(frozen=True)
class Agreed:
    by: str
    """Empty when it is written down already."""


async def ask(
    call: Call, progress: Progress, agreement: Agreement, *, again: str = "apply_change again"
) -> Agreed | Answer | InputRequiredResult:
    """Who agreed; else what to answer: the question itself (newer protocol), or that the plan waits."""
    from ..server.changes.plans import plan_answers as presenting
    from ..server.changes.plans import plan_display as showing

    plan = progress.plan
    letters = plan.id.rpartition("-")[2]
    text = f"{showing.for_a_person(plan, agreement.because)}\n\nTo agree, type: {letters}"
    if not _can_ask(call):
        return await _elsewhere(call, plan, agreement, again)
    if call.answers_by_result:
        given = call.context.input_responses or {}
        if KEY not in given or call.context.request_state != plan.digest:
            return _question(text, plan.digest)
        result = given[KEY]
        said = result.content if isinstance(result, ElicitResult) and result.action == "accept" else None
    else:
        said = await _asked_within_the_call(call, text)
    if said is not None and str(said.get("letters", "")).strip().casefold() == letters:
        return Agreed(f"a person at the client {call.client}".rstrip())
    call.changes.ledger.declined(plan, call.who, "at the client")
    terminal = call.workspace.approvals.terminal(plan)
    unseen = f"If they never saw the question, they can agree {terminal}. Then call {again}."
    answer = presenting.planned(plan, needs=f"{NO} {unseen}")
    return answer | {"agreed": False}


async def _elsewhere(call: Call, plan: Plan, agreement: Agreement, again: str) -> Agreed | Answer:
    """A page on this machine, or a terminal; the plan waits for either."""
    from ..server.changes.plans import plan_answers as presenting

    approvals = call.workspace.approvals
    said = await approvals.ask(call.changes.ledger, plan, agreement.because)
    if said:
        return Agreed("")
    if said is False:
        answer = presenting.planned(plan, needs=NO)
        return answer | {"agreed": False}
    needs = (
        f"A person has to agree, because {agreement.because}: {approvals.places(plan)}. Then call {again}."
    )
    return presenting.planned(plan, needs=needs)


def _question(text: str, digest: str) -> InputRequiredResult:
    schema = {
        "type": "object",
        "properties": {"letters": {"type": "string", "title": "The four letters"}},
        "required": ["letters"],
    }
    request = ElicitRequest(params=ElicitRequestFormParams(message=text, requested_schema=schema))
    return InputRequiredResult(input_requests={KEY: request}, request_state=digest)


async def _asked_within_the_call(call: Call, text: str) -> dict[str, object] | None:
    """The older protocol: a request of ours while the call waits. A client that never answers has said no."""
    with anyio.move_on_after(call.workspace.approval_seconds):
        try:
            result = await call.context.elicit(text, Echo)
        except Exception:  # noqa: BLE001 -- whatever a client answers that is not a plain yes is a no
            return None
        return {"letters": result.data.letters} if result.action == "accept" else None
    return None


def _can_ask(call: Call) -> bool:
    capabilities = call.context.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    if elicitation is None:
        return False
    return elicitation.form is not None or elicitation.url is None
