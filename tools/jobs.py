"""Work that outlasts a call: begun, looked at, waited for, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import anyio
from pydantic import Field

from ..server.errors import OutcomeUnknown, StateAway
from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.jobs.job import Job, Task

PATIENCE_SECONDS = 7.0
"""How long a call waits for what it began before it answers with the job: some clients give up after a minute."""

STOP_SECONDS = 5.0
"""How long a stop is waited for. A request that FileMaker is working on may take longer."""


async def check_job(
    call: Call,
    job: Annotated[str | None, Field(description="As an answer named it; without it your latest")] = None,
    wait: Annotated[int, Field(description="Seconds to wait for its end", ge=0, le=50)] = 0,
    offset: Annotated[int, Field(description="`next_offset` of a long result", ge=0)] = 0,
) -> Answer:
    """Look at or wait for work that outlasted its call."""
    if job is None:
        recent = await call.jobs.recent(call.caller)
        if not wait or not recent:
            from ..server.jobs.job_answer import line, withheld

            told_whole = call.jobs.is_told_whole
            return {"jobs": [line(each) if told_whole(each) else withheld(each) for each in recent]}
        job = next((each.id for each in recent if not each.state.is_over), recent[0].id)
    found = await call.jobs.job(job, call.caller)
    if wait and not found.state.is_over:
        found = await call.jobs.wait(found.id, wait, call.progress)
    return await told(call, found, offset=offset)


async def stop_job(call: Call, job: Annotated[str, Field(description="As an answer named it")]) -> Answer:
    """Stop work that outlasted its call."""
    await call.jobs.stop(job, call.caller)
    found = await call.jobs.job(job, call.caller)
    if not found.state.is_over:
        found = await call.jobs.wait(found.id, STOP_SECONDS, call.progress)
    return await told(call, found)


async def outlasting(
    call: Call, task: Task, *, repeat: bool = False, stops_with_call: bool = False
) -> Answer:
    """The answer to a task, if it comes within seconds; else the job that goes on with it. The same task asked again is the
    same job. With `stops_with_call` a client that cancels the call within those seconds stops the work too."""
    job, is_earlier = await call.jobs.start(task, repeat=repeat)
    begun_before = is_earlier and job.state.is_over
    try:
        if not job.state.is_over:
            job = await call.jobs.wait(job.id, PATIENCE_SECONDS, call.progress)
    except StateAway as error:
        if not task.changes_things:
            raise
        raise OutcomeUnknown(
            f"{job.heading}: {error.what}",
            advice=f"It may go on meanwhile: check_job {job.id} tells how far it is.",
        ) from error
    except anyio.get_cancelled_exc_class():
        if stops_with_call and not is_earlier:
            with anyio.CancelScope(shield=True):
                await call.jobs.stop(job.id, call.caller)
        raise
    answer = await told(call, job)
    if begun_before:
        from ..server.jobs.job_answer import ago

        answer["earlier"] = (
            f"{ago(job, call.jobs.now())}; it was not run again. repeat: true runs it once more."
        )
    return answer


async def told(call: Call, job: Job, *, offset: int = 0) -> Answer:
    """A job as an answer: how far it is, or what it came to, unless the owner's settings changed since."""
    if not call.jobs.is_told_whole(job):
        from ..server.jobs.job_answer import withheld

        await call.jobs.told(job)
        return withheld(job)
    if not job.state.is_over:
        from ..server.jobs.job_answer import running

        return running(job, call.jobs.now(), is_queued=call.jobs.runs.is_queued(job))
    await call.jobs.told(job)
    call.database.outsiders.read_earlier(job.outsiders)
    if job.kind == "script":
        return {**await call.scripting.answer(job, offset=offset), "job": job.id}
    if job.kind == "plan" and "change_id" in job.facts:
        return {**await _plan(call, job), "job": job.id}
    return {"state": job.state.value, **job.facts, "job": job.id}


async def _plan(call: Call, job: Job) -> Answer:
    """The plan that a job made, as it is shown now; as it was told once it was carried out or replaced."""
    from ..server.errors import NameUnknown
    from ._planning import plan_answer

    facts: Answer = {"state": job.state.value, **job.facts}
    try:
        progress = await call.changes.known.find(call.who, job.facts["change_id"])
    except NameUnknown:
        return facts
    return await plan_answer(call, progress) if progress.state == "open" else facts
