"""A script's context: what it was given, what surrounds it, and every step it may take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import NoReturn

from ..host import Host
from ..http.request_log import ScriptRun
from ..records.record_context import Scene
from ..records.window import Window
from ..refusal import Refusal
from .found_set_steps import FoundSetSteps
from .record_steps import RecordSteps


class ScriptExit(Exception):
    """Exit Script, with its text result."""

    def __init__(self, result: str | None) -> None:
        self.result = result
        super().__init__("exit")


class ScriptContext(FoundSetSteps, RecordSteps):
    def __init__(
        self,
        host: Host,
        scene: Scene,
        window: Window,
        parameter: str,
        perform: Callable[[str, str], Awaitable[tuple[str | None, int]]],
    ) -> None:
        super().__init__(host, scene, window)
        self.parameter = parameter
        self._perform = perform

    @property
    def account(self) -> str:
        return self._scene.session.account

    @property
    def now(self) -> datetime:
        """The host's wall time, without a zone."""
        return self._host.wall_time().replace(microsecond=0)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def variables(self) -> dict[str, object]:
        """Global variables (`$$name`). They last as long as the session."""
        return self._scene.session.variables

    def _fire(self, script: str) -> None:
        if not script or script not in self._scene.file.solution.scripts:
            return
        given, self.parameter = self.parameter, ""
        self._host.log.scripts.append(ScriptRun(script, "", self.account))
        try:
            self._scene.file.solution.scripts[script](self)
        finally:
            self.parameter = given

    def set_error(self, code: int) -> None:
        """The error that the script leaves behind."""
        self.last_error = code

    def unsupported(self, step: str) -> bool:
        """A step that the Data API does not run sets error 3 (section 9.3 [D][O])."""
        del step
        return self._failed(Refusal(3))

    def exit(self, result: object = None) -> NoReturn:
        """Exit Script. Without a result the answer has no scriptResult."""
        raise ScriptExit(None if result is None else str(result))

    async def sleep(self, seconds: float) -> None:
        """Pause/Resume Script, on the host's clock."""
        await self._host.clock.sleep(seconds)
        await self._host.long_work.quiet()
        self.last_error = 0

    async def perform(self, script: str, parameter: str = "") -> str | None:
        """Perform Script: another script of the file, in the same window. Its result."""
        self.commit()
        result, self.last_error = await self._perform(script, parameter)
        return result
