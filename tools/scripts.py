"""Scripts and runbooks that the owner allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mcp_types import InputRequiredResult
from pydantic import Field

from ..server.errors import InputError
from ._call import Answer, Call
from ._execution import applied, shown
from ._planning import planned
from .arguments.parameters import GoAhead
from .jobs import outlasting

if TYPE_CHECKING:
    from ..server.changes.planning.request import PlanRequest
    from ..server.changes.plans.progress import Progress
    from ..server.runbooks.runbook import Runbook
    from ..server.scripts.governed_script import GovernedScript


async def list_scripts(call: Call) -> Answer:
    """List the scripts and runbooks that may be run: effect, parameter, layout."""
    books = call.runbooks.listing()
    answer: Answer = {"scripts": await listed(call)}
    return answer | ({"runbooks": books} if books else {})


async def listed(call: Call) -> list[dict[str, object]]:
    """The scripts that may run, each with what the owner's map of the solution says of it."""
    scripts = await call.scripting.listing()
    if call.database.map is not None:
        from ..server.solution_map.script_words import script_facts

        layouts = await call.database.layouts()
        scripts = [each | script_facts(call.database.map, str(each["name"]), layouts) for each in scripts]
    return scripts


async def run_script(
    call: Call,
    script: Annotated[str, Field(description="Script or runbook, as list_scripts gives it")],
    parameter: Annotated[
        Any, Field(description='Text or JSON for it; with found_set {"field":"F"} in it takes that field')
    ] = None,
    layout: Annotated[str | None, Field(description="Where it runs, if list_scripts does not say")] = None,
    found_set: Annotated[str | None, Field(description="Run it once for each of these records")] = None,
    change_id: Annotated[str | None, Field(description="Open plan to which this is added")] = None,
    repeat: Annotated[bool, Field(description="True only to run once more what ran just now")] = False,
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Run a script. One that changes something is planned first; a long one goes on as a job."""
    from ..server.changes.journal.script_log import question_in
    from ._export_consent import Free, free_to_leave

    book = call.runbooks.find(script)
    if book is not None:
        return await _runbook(call, book, parameter)
    layout = layout and await call.layout_called(layout)
    async with call.changes.noting_refusals(call.who, f"run {script!r}"):
        governed = call.scripting.named(script)
    at_once = governed.reads and found_set is None and change_id is None
    if at_once and call.changes.leaving.is_free:
        return await _run_at_once(call, governed, layout, parameter, repeat)
    if found_set is not None:
        return await _for_each(
            call, governed, layout, parameter, found_set, call.request(change_id, repeat), go_ahead
        )
    step = await call.scripting.step(governed, layout, parameter)
    asked: tuple[Any, ...] = (step.layout, question_in(step.items[0].parameter))
    if not at_once:
        return await shown(call, await call.changes.run(call.request(change_id, repeat), step, asked))
    leaving = await free_to_leave(call, "run_script", step, (script, *asked))
    if not isinstance(leaving, Free):
        return leaving
    await leaving.gone(script=governed.name)
    return await _run_at_once(call, governed, layout, parameter, repeat)


async def _for_each(
    call: Call,
    script: GovernedScript,
    layout: str | None,
    template: object,
    found_set: str,
    request: PlanRequest,
    go_ahead: bool,
) -> Answer | InputRequiredResult:
    """One run for each record. One that only reads goes on at once, as soon as whoever has to agree has agreed."""
    from ..server.changes.journal.script_log import question_in
    from .arguments.found_set_arguments import asked as asked_for

    reads = script.reads and request.change_id is None

    async def plan(request: PlanRequest) -> Progress:
        budget = call.budget(go_ahead)
        held = (await asked_for(call, None, None, None, found_set, (), budget=budget)).found_set
        most = call.database.policy.max_records_per_change
        chosen = await call.changes.matching(held, most=most, budget=budget, report=request.report)
        step = await call.scripting.step_for_each(script, layout, template, held.layout, chosen)
        asked = (step.layout, [[item.record_id, question_in(item.parameter)] for item in step.items])
        run = call.changes.run_again if reads else call.changes.run
        return await run(request, step, asked)

    question = ("run", script.name, layout, template, found_set, request.change_id, request.repeat)
    return await planned(call, script.name, question, request, plan, applied, at_once=reads)


async def _run_at_once(
    call: Call, script: GovernedScript, layout: str | None, parameter: object, repeat: bool
) -> Answer:
    task = await call.scripting.task(script, layout, parameter, call.caller)
    return await outlasting(call, task, repeat=repeat)


async def _runbook(call: Call, book: Runbook, parameter: object) -> Answer | InputRequiredResult:
    """The rest of a run that was broken off, else a new one, as a plan."""
    if parameter is not None:
        raise InputError(f"The runbook {book.name!r} takes no parameter", advice="Nothing was run.")
    async with call.changes.noting_refusals(call.who, f"run the runbook {book.name!r}"):
        progress = await call.runbooks.unfinished(book, call.who)
        if progress is None:
            draft = await call.runbooks.draft(book, call.who)
            if not draft.records:
                return {"state": "done", "summary": "There is no record to do anything for.", **draft.facts}
            progress = await call.runbooks.keep(book, draft, call.who)
    return await shown(call, progress)
