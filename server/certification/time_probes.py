"""What a session that nobody uses does: fifteen minutes of waiting, on sessions opened at the beginning (section 4.6)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import anyio

from ..auth.clock import Clock
from ..errors import Unreachable
from .behaviour import Behaviour, NotSeen
from .feature_probes import NO, YES
from .line import Line
from .scratch import Scratch
from .session_probes import logged_in

IDLE_SECONDS = 15 * 60 + 30.0
VALIDATED_SECONDS = 10 * 60.0
END_SECONDS = 5.0


class Waiting:
    """Two sessions that stand still: one is validated once meanwhile, the other is left alone."""

    def __init__(self, idle: Line, validated: Line, clock: Clock, say: Callable[[str], None]) -> None:
        self._idle = idle
        self._validated = validated
        self._clock = clock
        self._say = say
        self._began = clock.monotonic()
        self._was_validated: str | None = None

    @classmethod
    async def begun(cls, scratch: Scratch, say: Callable[[str], None]) -> Waiting:
        """Raises NotSeen where a session cannot be opened."""
        lines = [
            Line(scratch.first.host, scratch.second.client, (await logged_in(scratch, {}))[0])
            for _ in range(2)
        ]
        return cls(lines[0], lines[1], scratch.clock, say)

    async def over(self) -> None:
        """Waits what is left of it."""
        await self._until(VALIDATED_SECONDS)
        self._was_validated = (await self._validated.ask("GET", ("validateSession",), at_host=True)).verdict
        await self._until(IDLE_SECONDS)

    async def _until(self, seconds: float) -> None:
        left = seconds - (self._clock.monotonic() - self._began)
        if left > 0:
            self._say(f"Waiting {round(left / 60, 1):g} minutes for sessions to end by themselves.")
            await self._clock.sleep(left)

    async def idle(self, scratch: Scratch) -> str:
        return (await self._idle.ask("GET", scratch.records_path, query={"_limit": "1"})).verdict

    async def validated(self, scratch: Scratch) -> str:
        if self._was_validated != "fine":
            raise NotSeen(f"the host validates no session: {self._was_validated}")
        answer = await self._validated.ask("GET", scratch.records_path, query={"_limit": "1"})
        return NO if answer.code == 952 else YES if answer.code in (0, 101) else answer.verdict

    async def end(self) -> None:
        """Never raises: what is not logged out ends by itself."""
        with suppress(Unreachable), anyio.move_on_after(END_SECONDS, shield=True):
            for line in (self._idle, self._validated):
                await line.ask("DELETE", ("sessions", line.token))


def time_behaviours(waiting: Waiting | None, why_not: str = "") -> tuple[Behaviour, ...]:
    """`why_not`: why nothing is waited for."""

    async def not_waited(scratch: Scratch) -> str:
        raise NotSeen(why_not)

    return (
        Behaviour(
            "idle_session",
            "4.6",
            "A session left alone for fifteen and a half minutes",
            not_waited if waiting is None else waiting.idle,
            "952, HTTP 401",
        ),
        Behaviour(
            "validate_extends",
            "3",
            "Validating a session lets it live longer",
            not_waited if waiting is None else waiting.validated,
        ),
    )
