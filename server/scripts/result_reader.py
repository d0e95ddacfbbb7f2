"""Reads the result of a script; one that is long and JSON in a child process, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import anyio

from ..dataapi.request_scripts import ScriptOutcome
from ..documents.documents import Documents
from ..errors import InputError, OutcomeUnknown
from ..jobs.job_row import facts_read, facts_written
from ..policy import ScriptEffect
from .governed_script import GovernedScript, ResultRule
from .json_path import NOTHING, JsonPath
from .portions import Portion, portion
from .script_result import Ending, ScriptResult, is_json, read

LARGE = 200_000
"""Characters of JSON beyond which others would wait while it is read."""
IN_CHILD = f"{__name__}:lines"


class ResultReader:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def read(self, script: GovernedScript, outcome: ScriptOutcome) -> ScriptResult:
        """How the run ended. A long result comes without its document. Raises OutcomeUnknown where it meets a bound: the script
        ran, and whether it reports a failure is not known."""
        if not _is_large(outcome):
            return read(script, outcome)
        facts: dict[str, Any] = {}
        try:
            with anyio.CancelScope(shield=True):  # the script ran: how it ended is told, or nobody ever knows
                facts = await self._in_child(script, outcome, None)
        except InputError as error:
            raise OutcomeUnknown(
                f"The script ran, and whether its result reports a failure is not known. {error.what}",
                advice="Look in FileMaker before it is run again.",
            ) from error
        return _told(facts, outcome)

    async def told(
        self, script: GovernedScript, outcome: ScriptOutcome, offset: int
    ) -> tuple[ScriptResult, Portion]:
        """How the run ended, and as much of the result from `offset` on as an answer takes. Raises InputError where it meets a bound."""
        if _is_large(outcome):
            facts = await self._in_child(script, outcome, offset)
            return _told(facts, outcome), facts["portion"]
        reading = read(script, outcome)
        return reading, portion(reading.document, reading.text, rows_at=script.result.rows, offset=offset)

    async def _in_child(
        self, script: GovernedScript, outcome: ScriptOutcome, offset: int | None
    ) -> dict[str, Any]:
        rule = script.result
        task = {
            "kind": IN_CHILD,
            "error": outcome.error,
            "ok_errors": None if script.ok_errors is None else sorted(script.ok_errors),
            "paths": [
                None if path is None else path.text for path in (rule.success, rule.rows, rule.message)
            ],
            "offset": offset,
        }
        text = outcome.result or ""
        what = f"The result of {len(text):,} characters"
        return facts_read((await self._documents.facts(task, text.encode(), what))["told"])


def _is_large(outcome: ScriptOutcome) -> bool:
    text = outcome.result
    return text is not None and len(text) > LARGE and is_json(text)


def _told(facts: Mapping[str, Any], outcome: ScriptOutcome) -> ScriptResult:
    return ScriptResult(Ending(facts["ending"]), outcome.error, outcome.result, NOTHING, facts["message"])


def lines(task: Mapping[str, Any], content: bytes) -> Iterator[dict[str, Any]]:
    """What the child process does. `offset` None: only how the run ended."""
    success, rows, message = (None if text is None else JsonPath.parse(text) for text in task["paths"])
    errors = task["ok_errors"]
    script = GovernedScript(
        "",
        ScriptEffect.READS,
        ok_errors=None if errors is None else frozenset(errors),
        result=ResultRule(success, rows, message),
    )
    reading = read(script, ScriptOutcome(task["error"], content.decode()))
    facts: dict[str, Any] = {"ending": reading.ending.value, "message": reading.message}
    if task["offset"] is not None:
        facts["portion"] = portion(reading.document, reading.text, rows_at=rows, offset=task["offset"])
    yield {"told": facts_written(facts)}
