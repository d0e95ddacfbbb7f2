"""Runs scripts at the places of a request, and by themselves (sections 9.1 and 9.2)."""

from __future__ import annotations

import inspect

from ..host import Host
from ..http.parameters import ScriptCall
from ..http.request_log import ScriptRun
from ..records.record_context import Scene
from ..records.window import Window
from ..refusal import Refusal
from .context import ScriptContext, ScriptExit

_DEEPEST = 40


class ScriptRunner:
    def __init__(self, host: Host, scene: Scene) -> None:
        self._host = host
        self._scene = scene
        self._depth = 0

    def check(self, names: tuple[str, ...]) -> None:
        """Raises Refusal 104 for a script that is missing or that the account may not run."""
        for name in names:
            if name not in self._scene.file.solution.scripts or not self._scene.session.access.may_run(name):
                raise Refusal(104)

    async def run(self, window: Window, call: ScriptCall) -> tuple[str | None, int]:
        """The Exit Script text and the last error. Raises Refusal 104."""
        self.check((call.name,))
        if self._depth >= _DEEPEST:
            return None, 3

        async def perform(name: str, parameter: str) -> tuple[str | None, int]:
            try:
                return await self.run(window, ScriptCall(name, parameter))
            except Refusal as refusal:
                return None, refusal.code

        context = ScriptContext(self._host, self._scene, window, call.parameter, perform)
        account = self._scene.session.account
        self._host.log.scripts.append(ScriptRun(call.name, call.parameter, account))
        self._depth += 1
        try:
            return await self._play(context, call.name)
        finally:
            self._depth -= 1

    async def _play(self, context: ScriptContext, name: str) -> tuple[str | None, int]:
        if self._host.script_delay:
            await self._host.clock.sleep(self._host.script_delay)
            await self._host.long_work.quiet()
        result: str | None
        try:
            returned = self._scene.file.solution.scripts[name](context)
            if inspect.isawaitable(returned):
                returned = await returned
            result = None if returned is None else str(returned)
        except ScriptExit as finished:
            result = finished.result
        except Exception as problem:  # noqa: BLE001 - a solution's script is its owner's; its fault is a script error
            self._host.log.note_script_fault(name, problem)
            context.revert()
            return None, -1
        # FileMaker commits what a finished script left open. What cannot be saved is lost.
        error = context.last_error
        if not context.commit():
            error = context.last_error
            context.revert()
        return result, error
