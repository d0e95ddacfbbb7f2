"""A process that is gone at one of its awaits: nothing of it runs afterwards, not even its own cleaning up."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Coroutine, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from filemaker_mcp.server.app.credential_factory import CredentialFactory
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.app.seat import Seat
from filemaker_mcp.server.app.shared_parts import SharedParts
from filemaker_mcp.server.app.sign_in_accounts import account_for
from filemaker_mcp.server.app.workspace import open_database
from filemaker_mcp.server.changes.change_desk import Changes
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.database.untrusted.untrusted_reads import UntrustedReads
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.state.state_place import StatePlace

from ...assistant import SAMPLE
from ..workshop_host import FREE, PLACE
from .faults import Swift

Work = Generator[Any, Any, Any]


class Gone(BaseException):
    """The process is gone."""


@dataclass
class Apart(httpx.AsyncBaseTransport):
    """The host works by itself: what reached it is carried out, whether or not anybody is left to hear the answer."""

    faults: FaultLayer
    at_work: list[asyncio.Task[httpx.Response]] = field(default_factory=list[asyncio.Task[httpx.Response]])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)  # a process that ends here has not sent it
        inner = httpx.ASGITransport(app=self.faults)
        task = asyncio.create_task(inner.handle_async_request(request))
        self.at_work.append(task)
        try:
            answer = await asyncio.shield(task)
            await asyncio.sleep(0)  # and one that ends here has not heard the answer
            return answer
        finally:
            self.at_work = [each for each in self.at_work if not each.done()]

    async def finished(self) -> None:
        await asyncio.gather(*self.at_work, return_exceptions=True)


@dataclass
class Crash:
    """Awaits something until its n-th await, and never goes on from there."""

    work: Coroutine[Any, Any, Any]
    at: int
    stopped: list[Work]

    def __await__(self) -> Generator[Any, Any, Any]:
        work = self.work.__await__()
        count, raised = 0, None
        while True:
            try:
                waited = work.send(None) if raised is None else work.throw(raised)
            except StopIteration as result:
                return result.value
            count += 1
            if count == self.at:
                self.stopped.append(work)
                raise Gone
            raised = None
            try:
                yield waited
            except BaseException as error:  # noqa: BLE001 -- whatever it is, it is for the work to see
                raised = error


class Process:
    """One run of the server, as far as changes go, on a state file that others may have open too."""

    def __init__(self, state: Path, emulator: Emulator, faults: FaultLayer) -> None:
        environment = SAMPLE | PLACE | FREE | {"FILEMAKER_KEYS": '{"Jobs": "Ref"}'}
        configured = settled(overlaid({}, everything_allowed() | environment), None)
        ((name, database),) = configured.database.items()
        self._host = Apart(faults)
        self._file = state
        self._state = SqliteState(state)
        self._parts = SharedParts(
            CredentialFactory.of(configured), StatePlace(), configured, Swift(), {name: self._host}
        )
        self._opening = open_database(
            name, Seat.of_owner(configured), account_for(database), self._parts,
            state=self._state, outsiders=UntrustedReads(),
        )  # fmt: skip
        self._stopped: list[Work] = []

    @property
    def changes(self) -> Changes:
        return self._opening.workspace.changes

    @property
    def has_something_out(self) -> bool:
        """Whether a request is out whose outcome nobody has written down; asked of the file, since the process may be dead."""
        with closing(sqlite3.connect(self._file)) as file:
            return file.execute("SELECT 1 FROM item WHERE state = 'sent'").fetchone() is not None

    def until(self, at: int, work: Coroutine[Any, Any, Any]) -> Crash:
        """That work, in which the process ends at its n-th await (if there are as many)."""
        return Crash(work, at, self._stopped)

    async def die(self) -> None:
        """What the operating system does: locks are let go of, and nothing more is written. The host finishes what it has begun."""
        await self._state.close()
        await self._host.finished()
        for work in self._stopped:  # long dead: only so that nothing of it stays in memory
            with contextlib.suppress(BaseException):
                while True:
                    work.throw(Gone)

    async def close(self) -> None:
        await self._opening.close(hands_over=False)
        await self._parts.close()
        await self._state.close()
