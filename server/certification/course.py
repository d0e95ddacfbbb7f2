"""The whole course on one scratch layout: sweep, look at everything, sweep again, wait for sessions to end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import anyio

from ..auth.clock import Clock
from ..auth.credentials import Credentials
from ..auth.http_connection import ConnectionFactory
from ..auth.sessions.session import Session
from ..auth.sessions.sessions_endpoint import sessions_address
from ..errors import InputError
from .behaviour import Behaviour, NotSeen, Observation
from .container_probes import CONTAINERS
from .emulated_host import EmulatedHost
from .feature_probes import FEATURES
from .find_probes import FINDS
from .line import Answer, Host, Line
from .report import Report
from .scratch import Scratch
from .scratch_fields import scratch_fields
from .session_probes import SESSIONS
from .switch_probes import SWITCHES
from .time_probes import Waiting, time_behaviours
from .write_probes import WRITES

SWEEP_SECONDS = 60.0
SUBJECTS = (
    ("signing in and scripts", SESSIONS),
    ("finding", FINDS),
    ("writing", WRITES),
    ("containers", CONTAINERS),
    ("what no recording has settled", SWITCHES),
)
BEHAVIOURS = (*(each for _, group in SUBJECTS for each in group), *time_behaviours(None))
"""All that is looked at, in order, but for what tells versions apart."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the owner names. Only the layout is needed."""

    layout: str
    mark: str = ""
    script: str = ""
    hold_script: str = ""
    view_only: str = ""
    waits: bool = True
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    host: Host
    credentials: Credentials = field(repr=False)
    connect: ConnectionFactory
    clock: Clock
    emulated: EmulatedHost
    say: Callable[[str], None] = lambda text: None

    async def run(self, wishes: Wishes, further: Sequence[Behaviour] = ()) -> Report:
        """`further` is looked at beside all that this folder knows. Raises Unreachable, SignInFailed, InputError for a layout
        that will not do, FileMakerError when records were left."""
        async with AsyncExitStack() as stack:
            scratch = await stack.enter_async_context(self._opened(wishes))
            swept = await scratch.sweep()
            if swept:
                self.say(f"{swept} records of a run that was broken off were deleted.")
            waiting, times = await self._waiting(scratch, wishes)
            if waiting is not None:
                stack.push_async_callback(waiting.end)
            try:
                await scratch.check_creates()
                features = [await _look(scratch, each, "") for each in FEATURES]
                scratch.features = {
                    each.behaviour.name: each.seen for each in features if each.seen is not None
                }
                seen: list[Observation] = []
                for subject, behaviours in (*SUBJECTS, ("the tools", further)):
                    self.say(f"Looking at {subject}.")
                    seen += [await self._seen(scratch, each) for each in behaviours]
            finally:
                with anyio.move_on_after(SWEEP_SECONDS, shield=True):
                    await scratch.sweep()
            if waiting is not None:
                await waiting.over()
            seen += [await self._seen(scratch, each) for each in times]
            return Report.of(features, seen, self.emulated, wishes.version, await _told_version(scratch))

    async def _waiting(self, scratch: Scratch, wishes: Wishes) -> tuple[Waiting | None, Sequence[Behaviour]]:
        if not wishes.waits:
            return None, time_behaviours(None, "--quick leaves out what takes fifteen minutes of waiting")
        try:
            waiting = await Waiting.begun(scratch, self.say)
        except NotSeen as reason:
            return None, time_behaviours(None, str(reason))
        return waiting, time_behaviours(waiting)

    async def _seen(self, scratch: Scratch, behaviour: Behaviour) -> Observation:
        expected = behaviour.expected
        return await _look(
            scratch, behaviour, self.emulated.switches[behaviour.name] if expected is None else expected
        )

    @asynccontextmanager
    async def _opened(self, wishes: Wishes) -> AsyncGenerator[Scratch]:
        address = sessions_address(self.host.base_url, self.host.api, self.host.database)
        async with self.connect() as first, self.connect() as second:
            door = anyio.Lock()
            sessions = [
                Session(
                    address=address,
                    credentials=self.credentials,
                    connect=self.connect,
                    clock=self.clock,
                    door=door,
                )
                for _ in range(2)
            ]
            try:
                tokens = [await session.token() for session in sessions]
                if any(session.is_kept_elsewhere for session in sessions):
                    raise InputError(
                        "What signs in here is a proxy that keeps the sessions, not FileMaker Server itself",
                        advice="Name the server and an account of the file in the configuration.",
                    )
                lines = [Line(self.host, first, tokens[0]), Line(self.host, second, tokens[1])]
                described = await _described(lines[0], wishes.layout)
                fields = scratch_fields(described, wishes.mark)
                yield Scratch(
                    wishes.layout,
                    fields,
                    lines[0],
                    lines[1],
                    self.clock,
                    self.credentials,
                    wishes.script,
                    wishes.hold_script,
                    wishes.view_only,
                )
            finally:
                with anyio.move_on_after(SWEEP_SECONDS, shield=True):
                    for session in sessions:
                        await session.close()


async def _described(line: Line, layout: str) -> Answer:
    """Since 18 the whole description, before that the fields alone (section 5.4)."""
    answer = await line.ask("GET", ("layouts", layout))
    if answer.code is None:
        answer = await line.ask("GET", ("layouts", layout, "metadata"))
    if answer.code == 105:
        raise InputError(
            f"There is no layout {layout!r} for this account", advice="Check its spelling, capitals included."
        )
    if answer.code != 0:
        raise InputError(f"The layout {layout!r} could not be described: {answer.verdict}", advice="")
    return answer


async def _look(scratch: Scratch, behaviour: Behaviour, expected: str) -> Observation:
    scratch.renew_mark()
    try:
        return Observation(behaviour, expected, await behaviour.look(scratch))
    except NotSeen as reason:
        return Observation(behaviour, expected, None, str(reason))


async def _told_version(scratch: Scratch) -> str:
    answer = await scratch.first.ask("GET", ("productInfo",), at_host=True)
    return str(answer.inside("productInfo").get("version") or "")
