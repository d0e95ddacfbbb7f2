"""One run of a governed script: the layout it runs on, the way its parameter travels, and how long its answer is waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from ..dataapi.request_scripts import ScriptCall, ScriptOutcome
from ..database.database import Database
from ..errors import Changed, FilemakerMcpError, InputError, NameUnknown, OutcomeUnknown
from ..text.near_names import folded
from .governed_script import GovernedScript
from .parameter import LONGEST_IN_ADDRESS, encoded_length, globals_of
from .result_reader import ResultReader
from .script_result import ScriptResult

SLACK_SECONDS = 5.0
"""By how much the connection's own patience is longer than ours, so that ours decides."""


class Runner:
    """Runs scripts on one database. Nothing is ever run twice here."""

    def __init__(
        self, database: Database, sleep: Callable[[float], Awaitable[None]], results: ResultReader
    ) -> None:
        self._database = database
        self._sleep = sleep
        self._results = results

    def layout_for(self, script: GovernedScript, asked: str | None) -> str:
        """The layout on which it runs: the owner's, else the one asked for. Raises InputError."""
        if script.layout is None and asked is None:
            raise InputError(
                f"The script {script.name!r} runs on a layout, and the owner named none",
                advice="Nothing was run. Say `layout`; list_layouts shows them.",
            )
        if script.layout is not None and asked not in (None, script.layout):
            raise InputError(
                f"The script {script.name!r} runs on {script.layout!r}, as the owner says, and not on {asked!r}",
                advice="Nothing was run. Leave `layout` out.",
            )
        return script.layout or asked or ""

    async def check(self, script: GovernedScript) -> None:
        """Whether FileMaker has exactly one script by that name. Raises NameUnknown or InputError with what there is."""
        found = [item for item in await self._database.scripts() if folded(item.name) == folded(script.name)]
        if not found:
            raise gone(script)
        if len(found) > 1:
            places = " and ".join(repr("/".join((*item.folder, item.name))) for item in found)
            raise InputError(
                f"There are {len(found)} scripts named {script.name!r}: {places}; FileMaker would pick one",
                advice="Nothing was run. A developer has to rename one of them.",
            )

    async def run(
        self, script: GovernedScript, layout: str, text: str | None, record_id: str | None = None
    ) -> ScriptResult:
        """One run to its end, on a record where one is named. Raises OutcomeUnknown when no answer came: it may have run, in part or to its end."""
        outcome: ScriptOutcome | None = None
        refused: FilemakerMcpError | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._give_up, script.timeout, group.cancel_scope)
            try:
                outcome = await self._sent(script, layout, text, record_id)
            except FilemakerMcpError as error:  # a task group would wrap it
                refused = error
            group.cancel_scope.cancel()
        if refused is not None:
            raise gone(script) if refused.code == 104 else refused
        if outcome is None:
            raise OutcomeUnknown(
                f"The script {script.name!r} did not answer within {script.timeout:g} seconds",
                advice="FileMaker may still be running it. Look there before it is run again.",
            )
        return await self._results.read(script, outcome)

    async def _give_up(self, seconds: float, scope: anyio.CancelScope) -> None:
        await self._sleep(seconds)
        scope.cancel()

    async def _sent(
        self, script: GovernedScript, layout: str, text: str | None, record_id: str | None
    ) -> ScriptOutcome:
        call = ScriptCall(script.name, text)
        patience = script.timeout + SLACK_SECONDS
        fits = text is None or encoded_length(text) <= LONGEST_IN_ADDRESS
        if fits:
            try:
                return await self._database.run_script(
                    layout,
                    call,
                    record_id=record_id,
                    global_fields=globals_of(script, text),
                    timeout=patience,
                ) or ScriptOutcome(0, None)
            except InputError:  # the names around it make the address too long; nothing was sent
                if script.carrier is None or record_id is not None:
                    raise
        if script.carrier is None or record_id is not None:  # a carrier stands on a record of its own
            raise InputError(
                f"The parameter takes more than {LONGEST_IN_ADDRESS} characters in an address",
                advice="Nothing was sent.",
            )
        carried = await self._database.run_script(
            script.carrier.layout,
            call,
            carrier=script.carrier.criteria,
            global_fields=globals_of(script, text),
            timeout=patience,
        )
        if carried is None:
            # The reference does not say whether a script runs with a find that matches nothing (section 9.1).
            raise OutcomeUnknown(
                f"The carrier of {script.name!r} (a find on {script.carrier.layout!r}) matched no record, "
                "and whether FileMaker ran the script is not known",
                advice="The owner has to name a criterion that always matches.",
            )
        return carried


def gone(script: GovernedScript) -> NameUnknown:
    error = NameUnknown(
        "script",
        script.name,
        where="in FileMaker (any more)",
        advice="It was renamed or deleted, or the account may not run it. Nothing was run. "
        "The owner lists it in the settings under this name.",
    )
    error.code, error.changed = 104, Changed.NOTHING
    return error
