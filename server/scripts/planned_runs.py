"""Scripts as steps of a plan: made for one run or for each record of a found set, and carried out one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from ..changes.applying.record_check import why_another
from ..changes.outcomes.told_outcomes import unknown
from ..changes.plans.item import Item
from ..changes.plans.outcome import ItemState, Outcome
from ..changes.plans.step import Step
from ..database.database import Database
from ..errors import Changed, OutcomeUnknown
from ..host_errors import HostFull, RecordChanged
from .governed_script import GovernedScript
from .script_desk import Scripting
from .script_result import ScriptResult

KEPT_CHARACTERS = 2_000
"""Of a result, with the outcome of its record."""
FULL_PAUSES = (5.0, 15.0, 45.0)
"""Seconds between tries while the host has no room for a session: nothing ran then."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Last errors after which the owner says that a script changed nothing, so that it may run again."""

    errors: frozenset[int] = frozenset()
    times: int = 0
    pause: float = 5.0


NO_RETRY = Retry()


class PlannedRuns:
    """Carries out items that run a script."""

    def __init__(
        self, database: Database, scripting: Scripting, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._database = database
        self._scripting = scripting
        self._sleep = sleep
        self.retries: dict[str, Retry] = {}
        """By runbook."""

    async def check(self, step: Step, item: Item) -> None:
        """What the parameter was made from must still be so. Raises RecordMissing, RecordChanged, Forbidden, NameUnknown."""
        self._scripting.named(step.script)
        if item.record_id is None:
            return
        meta = await self._database.layout(step.layout)
        record = await self._database.record(step.layout, item.record_id, portals=())
        why = why_another(meta, step, item, record)
        if why:
            raise RecordChanged(f"{why} The script was not run", code=306, changed=Changed.NOTHING)

    def window(self, script: str) -> float | None:
        """As `Runs.window`. Raises NameUnknown, Forbidden."""
        return self._scripting.named(script).run_once

    async def carry_out(self, step: Step, item: Item) -> Outcome:
        """One run, told apart. Raises only where nothing ran."""
        script = self._scripting.named(step.script)
        try:
            reading = await self._run(script, step, item)
        except OutcomeUnknown as error:
            return replace(unknown(error.what, item), code=error.code)
        result = (reading.text or "")[:KEPT_CHARACTERS]
        if reading.succeeded:
            return Outcome(ItemState.DONE, item.record_id, result=result)
        text = f"{reading.said} What it did before that stands."
        return Outcome(
            ItemState.REFUSED, item.record_id, notes=(text,), code=reading.error or None, result=result
        )

    async def _run(self, script: GovernedScript, step: Step, item: Item) -> ScriptResult:
        layout = script.layout or step.layout
        retry = self.retries.get(step.runbook, NO_RETRY)
        for _ in range(retry.times):
            reading = await self._unhurried(script, layout, item)
            if reading.error not in retry.errors:
                return reading
            await self._sleep(retry.pause)
        return await self._unhurried(script, layout, item)

    async def _unhurried(self, script: GovernedScript, layout: str, item: Item) -> ScriptResult:
        record_id = item.record_id if item.stands_on else None
        for pause in (*FULL_PAUSES, None):
            try:
                return await self._scripting.runner.run(script, layout, item.parameter, record_id)
            except HostFull:
                if pause is None:
                    raise
                await self._sleep(pause)
        raise AssertionError("the last try returns or raises")
