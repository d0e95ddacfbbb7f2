"""The workshop behind a line that breaks on demand, and a process that can be killed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio.lowlevel
import httpx
from starlette.types import ASGIApp, Message, Scope

from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act, Cut, Drop, Effect, Hang, Page
from filemaker_mcp.server.emulator.faults.exchange import Exchange
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.local.state.state_place import is_address

from ...assistant import Assistant, said
from ...postgres import cut_off, stored
from ..workshop_host import ended, in_workshop, workshop


class Swift(SystemClock):
    """Nobody waits for a pause between two tries: it is over at once. What bounds a whole call is as long as ever."""

    async def sleep(self, seconds: float) -> None:
        await (anyio.lowlevel.checkpoint() if seconds < 5 else super().sleep(seconds))


class Killed(BaseException):
    """The process is gone; nothing after it runs."""


@dataclass(frozen=True)
class NoConnection:
    """Nobody answers at the host's door."""

    async def apply(self, exchange: Exchange) -> None:
        raise httpx.ConnectError("connection refused")


@dataclass(frozen=True)
class GoesAway:
    """The host does the work, and from then on nobody reaches it."""

    faults: FaultLayer

    async def apply(self, exchange: Exchange) -> None:
        self.faults.arm(Match(times=None), Drop())
        await Drop(processed=True).apply(exchange)


@dataclass(frozen=True)
class Rewritten:
    """The host stores something else than it was sent, as an auto-enter calculation does."""

    sent: bytes
    stored: bytes

    async def apply(self, exchange: Exchange) -> None:
        body = await body_of(exchange)
        request: Message = {"type": "http.request", "body": body.replace(self.sent, self.stored)}

        async def receive() -> Message:
            return request

        await exchange.app(exchange.scope, receive, exchange.send)


async def body_of(exchange: Exchange) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await exchange.receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


@dataclass
class Late:
    """The connection breaks, and the request reaches the host long after its sender has given up."""

    under_way: list[tuple[ASGIApp, Scope, bytes]] = field(default_factory=list[tuple[ASGIApp, Scope, bytes]])

    async def apply(self, exchange: Exchange) -> None:
        self.under_way.append((exchange.app, exchange.scope, await body_of(exchange)))
        await exchange.drop(reset=False)

    async def arrive(self) -> None:
        """What was under way reaches the host now; nobody waits for the answers."""
        for app, scope, body in self.under_way:
            request: Message = {"type": "http.request", "body": body}

            async def receive(request: Message = request) -> Message:
                return request

            async def send(message: Message) -> None:
                """Nobody reads it."""

            await app(scope, receive, send)
        self.under_way.clear()


@dataclass
class Scene:
    """A host, a line to it, and a folder in which processes keep their state one after the other."""

    folder: Path
    emulator: Emulator = field(default_factory=workshop)
    environment: dict[str, str] = field(default_factory=dict[str, str])
    processes: int = 0
    on_kill: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.faults = FaultLayer(self.emulator.app, self.emulator.host.clock)

    @property
    def state(self) -> Path:
        return self.folder / f"process-{self.processes}" / "state.db"

    @asynccontextmanager
    async def process(self) -> AsyncGenerator[Assistant]:
        """One run of the server, until it ends or is killed."""
        environment = {
            "FILEMAKER_STATE": str(self.state),
            "FILEMAKER_FILES_FOLDER": str(self.folder),
            "FILEMAKER_KEYS": '{"Jobs": "Ref"}',
        }
        if self.processes and is_address(stored(environment)["FILEMAKER_STATE"]):
            # Until a request of the one that was killed could not arrive any more, nobody says that it has not.
            environment["FILEMAKER_TIMEOUT"] = "1"
        try:
            async with in_workshop(
                self.emulator,
                environment | self.environment,
                transport=httpx.ASGITransport(app=self.faults),
                clock=Swift(),
            ) as assistant:
                yield assistant
        except BaseExceptionGroup as group:
            if group.split(Killed)[1] is not None:
                raise

    async def carried_out(self, assistant: Assistant, change: str, **more: object) -> dict[str, Any]:
        """The answer, at last on a busy machine; empty where nobody heard it, since the process was killed meanwhile."""
        before = self.processes
        result = await assistant.call("apply_change", change_id=change, **more)
        if self.processes > before:
            return {}
        assert not result.is_error, said(result)
        return await ended(assistant, result.structured_content or {})

    def kill(self) -> None:
        """What a killed process leaves is what its files hold at that moment; the next one starts from a copy of them."""
        before = self.state
        self.processes += 1
        if is_address(stored({"FILEMAKER_STATE": str(before)})["FILEMAKER_STATE"]):
            cut_off(str(before), str(self.state))
            self.on_kill()
            raise Killed
        self.state.parent.mkdir(parents=True)
        for suffix in ("", "-wal"):
            file = before.with_name(before.name + suffix)
            if file.exists():
                shutil.copy(file, self.state.with_name(self.state.name + suffix))
        self.on_kill()
        raise Killed


def refusal(code: int) -> Page:
    """FileMaker's own answer with an error."""
    body = f'{{"messages":[{{"code":"{code}","message":"refused"}}],"response":{{}}}}'
    return Page(500, body, "application/json")


def foreign_edit(emulator: Emulator) -> Callable[[], Any]:
    """Somebody else saves record 1 at that moment."""
    return lambda: somebody_sets(emulator, "1", {"Customer": "somebody else"})


async def somebody_sets(emulator: Emulator, job: str, values: dict[str, str]) -> None:
    """Somebody else saves a job, by another way to the host."""
    base = "http://127.0.0.1/fmi/data/vLatest/databases/Workshop"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=emulator.app)) as client:
        login = await client.post(f"{base}/sessions", json={}, auth=("assistant", "demo"))
        token = login.json()["response"]["token"]
        body = {"fieldData": values}
        answer = await client.patch(
            f"{base}/layouts/Jobs/records/{job}", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        await client.delete(f"{base}/sessions/{token}")


FAULTS: dict[str, tuple[Effect, ...]] = {
    "refused": (refusal(200),),
    "no connection": (NoConnection(),),
    "cut while it goes out": (Drop(),),
    "reset while it goes out": (Drop(reset=True),),
    "cut after the commit": (Drop(processed=True),),
    "reset after the commit": (Drop(processed=True, reset=True),),
    "answer cut in the middle": (Cut(10),),
    "time-out, not carried out": (Hang(),),
    "time-out, carried out": (Hang(processed=True),),
    "301 once": (refusal(301),),
    "502, not carried out": (Page(),),
    "502, carried out": (Page(processed=True),),
}
"""Those that are the same for every operation; the others need the scene."""


def scene_faults(scene: Scene, cancel: Callable[[], None]) -> dict[str, tuple[Effect, ...]]:
    return FAULTS | {
        "952": (Act(scene.emulator.disconnect_all),),
        "306": (refusal(306),),
        "somebody else saved it": (Act(foreign_edit(scene.emulator)),),
        "cancelled before the commit": (Act(cancel),),
        "cancelled after the commit": (Act(cancel, processed=True),),
        "killed before the commit": (Act(scene.kill),),
        "killed after the commit": (Act(scene.kill, processed=True),),
    }
