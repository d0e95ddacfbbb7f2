"""The desk at which scripts are asked for: what there is, one run as a job, and its answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial

from ..auth.sending import sending_under
from ..caller import Caller
from ..changes.journal.script_log import question_in
from ..changes.planning.selection import Chosen
from ..changes.plans.step import Step
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.request_scripts import ScriptOutcome
from ..database.database import Database
from ..errors import InputError
from ..jobs.job import Finished, Job, JobKind, JobState, Report, Task
from ..policy import key_of
from ..text.facts import Facts
from ..text.near_names import folded
from ..text.plain_parts import Name
from ..text.sentence import say
from .governed_script import Governed, GovernedScript, governed_script, open_scripts
from .parameter import text_of
from .result_reader import ResultReader
from .run_steps import record_step, single_step
from .script_result import Ending, ScriptResult
from .script_run import Runner

ANSWERS_AGAIN_SECONDS = 600.0
"""A script that ended so short a while ago is not run again by a question repeated by mistake."""


class Scripting:
    """The governed scripts of one database."""

    def __init__(
        self,
        database: Database,
        governed: Governed,
        runner: Runner,
        results: ResultReader,
        check_stop: Callable[[str], Awaitable[None]],
    ) -> None:
        """`check_stop` raises Stopped where the owner has stopped the scripts of that caller."""
        self._database = database
        self._governed = governed
        self.runner = runner
        self._results = results
        self._check_stop = check_stop

    def named(self, name: str) -> GovernedScript:
        """Raises NameUnknown or Forbidden."""
        return governed_script(self._governed, self._database.policy, name)

    async def listing(self) -> list[Facts]:
        """The scripts that may run, with where FileMaker has them."""
        places: dict[str, list[str]] = {}
        for item in await self._database.scripts():
            places.setdefault(folded(item.name), []).append("/".join(item.folder))
        return [_described(script, places.get(folded(script.name))) for script in self.open()]

    def open(self) -> list[GovernedScript]:
        return open_scripts(self._governed, self._database.policy)

    async def step(self, script: GovernedScript, layout: str | None, parameter: object) -> Step:
        """One run as a step of a plan. Raises InputError and NameUnknown."""
        where = self.runner.layout_for(script, layout)
        step = single_step(script, where, parameter)
        await self.runner.check(script)
        return step

    async def step_for_each(
        self, script: GovernedScript, layout: str | None, template: object, meta: LayoutMeta, chosen: Chosen
    ) -> Step:
        """One run for each of the records as a step of a plan. It runs on the owner's layout, else on that of the records."""
        if layout is not None and layout != (script.layout or meta.name):
            raise InputError(
                f"For each record the script runs on {script.layout or meta.name!r} and not on {layout!r}",
                advice="Nothing was run. Leave `layout` out.",
            )
        key = key_of(self._database.policy, meta.name)
        step = record_step(
            script, meta, chosen.records, template, how=chosen.how, notes=chosen.notes, key=key, by=chosen.by
        )
        await self.runner.check(script)
        return step

    async def task(
        self, script: GovernedScript, layout: str | None, parameter: object, caller: Caller
    ) -> Task:
        """One run as work that may outlast its call. Raises InputError and NameUnknown."""
        where = self.runner.layout_for(script, layout)
        text = text_of(script, parameter)
        await self.runner.check(script)

        async def work(report: Report) -> Finished:
            await report(0, None, say("%(script)s is running", script=script.name))
            with sending_under(partial(self._check_stop, caller.id)):  # it may have waited for its turn
                return finished(script, await self.runner.run(script, where, text))

        return Task(
            kind=JobKind.SCRIPT,
            subject=script.name,
            heading=say("Running the script %(script)s", script=Name(script.name)),
            caller=caller,
            fingerprint=fingerprint(script, where, text),
            work=work,
            changes_things=True,
            answers_again=ANSWERS_AGAIN_SECONDS,
        )

    async def answer(self, job: Job, *, offset: int = 0) -> Facts:
        """What a run that is over came to. `offset` goes on in a long result. Raises InputError for one that nobody can read."""
        facts = job.facts
        answer: Facts = {"state": job.state.value, "script": job.subject}
        if "error" not in facts:
            return answer | {"said": facts.get("said", "")}
        script = self._governed.get(job.subject) or GovernedScript(job.subject)
        outcome = ScriptOutcome(int(facts["error"]), facts["result"])
        reading, piece = await self._results.told(script, outcome, offset)
        if reading.error:
            answer["script_error"] = reading.error
        if not reading.succeeded:
            answer |= {
                "outcome": reading.ending.value,
                "said": f"{reading.said} What it did before that stands.",
            }
        elif reading.message:
            answer["message"] = reading.message
        if reading.ending is not Ending.NO_RESULT:
            answer |= piece
        elif job.state is JobState.DONE:
            answer["outcome"] = reading.ending.value
        return answer


def finished(script: GovernedScript, reading: ScriptResult) -> Finished:
    state = JobState.DONE if reading.succeeded else JobState.REFUSED
    # A script that only reads and failed may be asked again at once: nothing happened twice.
    return Finished(
        state,
        {"error": reading.error, "result": reading.text},
        nothing_ran=script.reads and not reading.succeeded,
    )


def fingerprint(script: GovernedScript, layout: str, text: str | None) -> str:
    parts = json.dumps(
        [script.name, layout, question_in(text), sorted(map(repr, script.globals.items()))],
        ensure_ascii=False,
    )
    return hashlib.sha256(parts.encode()).hexdigest()


def _described(script: GovernedScript, places: list[str] | None) -> Facts:
    facts: Facts = {"name": script.name, "effect": script.effect.value}
    if script.description:
        facts["description"] = script.description
    if script.schema is not None:
        facts["parameter"] = "none" if script.schema is False else script.schema
    facts["layout"] = script.layout or "any; the call names one"
    if script.required:
        facts["required_fields"] = list(script.required)
    if places is None:
        facts["missing"] = "FileMaker has no script by this name (any more)"
    elif len(places) > 1:
        facts["twins"] = [place or "(no folder)" for place in places]
    elif places[0]:
        facts["folder"] = places[0]
    return facts
