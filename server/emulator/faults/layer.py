"""The layer in front of the emulated host in which armed faults strike."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from ..clock import Clock
from .effects import Effect
from .exchange import Exchange


@dataclass(frozen=True)
class Match:
    """Which requests a fault waits for. `*` in a path stands for anything, slashes included."""

    method: str = "*"
    path: str = "*"
    """The decoded path, without the query."""
    skip: int = 0
    """Let so many matching requests pass first."""
    times: int | None = 1
    """Strike so often. None is always."""

    def fits(self, scope: Scope) -> bool:
        return fnmatchcase(scope["method"], self.method.upper()) and fnmatchcase(scope["path"], self.path)


@dataclass
class Fault:
    """An armed fault. Read `seen` and `struck` to know what became of it."""

    match: Match
    effects: tuple[Effect, ...]
    seen: int = 0
    """Matching requests so far."""
    struck: int = 0

    @property
    def is_spent(self) -> bool:
        return self.match.times is not None and self.struck >= self.match.times

    def sees(self, scope: Scope) -> bool:
        """Count a request that fits, and say whether it is this fault's turn."""
        if self.is_spent or not self.match.fits(scope):
            return False
        self.seen += 1
        return self.seen > self.match.skip


class FaultLayer:
    """An ASGI application around the emulator. Without armed faults every request passes untouched.

    One fault strikes a request, with all its effects, the first outermost: of those whose turn it is, the one armed
    first. So several faults on the same path happen one after the other.
    """

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self.faults: list[Fault] = []

    def arm(self, match: Match, *effects: Effect) -> Fault:
        fault = Fault(match, effects)
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            ready = [fault for fault in self.faults if fault.sees(scope)]
            if ready:
                ready[0].struck += 1
                for effect in reversed(ready[0].effects):
                    app = partial(_pass, effect, app, self._clock)
        await app(scope, receive, send)


async def _pass(
    effect: Effect, app: ASGIApp, clock: Clock, scope: Scope, receive: Receive, send: Send
) -> None:
    await effect.apply(Exchange(scope, receive, send, app, clock))
