"""An answer that comes a few bytes at a time is given up in the end, and one that is slow and goes forward is not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.auth.claris.cognito import Cognito, UserPool
from filemaker_mcp.server.auth.http_connection import NEVER_SENT, connections, unreachable
from filemaker_mcp.server.auth.network import sent_body
from filemaker_mcp.server.auth.network.answer_pace import AnswerPace, PacedBody, TooSlow
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.faults.effects import Drip, Page
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.errors import Unreachable

from ..assistant import SAMPLE, Assistant
from ..changes.workshop_host import applied
from ..host_of import host_of
from .hosts import ManualClock

pytestmark = pytest.mark.anyio
TURNS = 20
"""Of the event loop, in which a piece of an answer reaches its reader."""


class ClientClock(ManualClock):
    """Only short pauses move it."""

    async def sleep(self, seconds: float) -> None:
        await (super().sleep(seconds) if seconds < 5 else anyio.sleep(seconds))


@dataclass
class SlowWire:
    """The host's clock. It moves the client's too, once a piece that was sent is there."""

    clock: ManualClock = field(default_factory=ClientClock)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    async def sleep(self, seconds: float) -> None:
        for _ in range(TURNS):
            await anyio.lowlevel.checkpoint()
        self.clock.now += seconds


@dataclass(frozen=True)
class Place:
    assistant: Assistant
    faults: FaultLayer
    clock: ManualClock


@contextlib.asynccontextmanager
async def place(folder: Path, **settings: str) -> AsyncGenerator[Place]:
    """An assistant on the sample solution, over a socket."""
    emulator, wire = host_of(), SlowWire()
    faults = FaultLayer(emulator.app, wire)
    async with serving(faults) as url:
        named = {f"FILEMAKER_{name.upper()}": value for name, value in settings.items()}
        own = {"FILEMAKER_HOST": url, "FILEMAKER_APPROVAL": "client"}
        tree = overlaid({}, everything_allowed() | SAMPLE | own | named)
        application = build(settled(tree | {"state": str(folder / "state.db")}, None), clock=wire.clock)
        try:
            async with Client(application.server) as client:
                yield Place(Assistant(client, emulator, application), faults, wire.clock)
        finally:
            await application.close()
    assert emulator.open_sessions == 0


FIND = Match("*", "*/layouts/Tasks/*")


async def test_a_read_whose_answer_drips_is_asked_for_again_and_at_last_refused(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        here.faults.arm(FIND, Drip(10))
        began = here.clock.now
        await here.assistant.ask("find_records", layout="Tasks", limit=1)
        assert here.clock.now - began >= 60
        here.faults.arm(Match("*", "*/layouts/Tasks/*", times=None), Drip(10))
        told = await here.assistant.refused("find_records", layout="Tasks", limit=2)
        assert "began to answer, but so slowly" in told
        here.faults.clear()
        await here.assistant.ask("find_records", layout="Tasks", limit=3)
        assert here.assistant.emulator.open_sessions <= 2


async def test_a_write_whose_answer_drips_is_looked_for_and_not_sent_again(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        plan = await here.assistant.ask("edit_records", layout="Tasks", ids=["1"], values={"Title": "Twice"})
        dripped = here.faults.arm(Match("PATCH", times=None), Drip(10))
        answer = await applied(here.assistant, plan)
        assert (answer["state"], answer["records"]) == ("done", {"done": 1})
        assert dripped.struck == 1


async def test_a_script_whose_answer_drips_may_have_run(tmp_path: Path) -> None:
    async with place(tmp_path, scripts='{"Echo": {"effect": "reads"}}') as here:
        dripped = here.faults.arm(Match("*", "*/script/*", times=None), Drip(10))
        told = await here.assistant.refused("run_script", script="Echo", parameter="x" * 100, layout="Tasks")
        assert "too slowly" in told
        assert "not known" in told
        assert dripped.struck == 1


async def test_the_owner_says_how_slow_is_too_slow(tmp_path: Path) -> None:
    """The second answer would be too slow for the first owner's rate, and for the third owner's time."""
    for settings, size, seconds, struck in (
        ({"least_rate": "0", "answer_timeout": "30"}, 1, 30, 1),
        ({"least_rate": "10"}, 100, 60, 0),
        ({"least_rate": "30"}, 100, 60, 1),
    ):
        async with place(tmp_path / str(struck + seconds), **settings) as here:
            here.faults.arm(FIND, Drip(size, 5))
            again = here.faults.arm(FIND, Page())
            began = here.clock.now
            assert await here.assistant.ask("find_records", layout="Tasks", limit=100)
            assert here.clock.now - began > seconds
            assert again.struck == struck, settings


async def test_a_file_that_drips_is_given_up_and_its_session_goes_on(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        here.faults.arm(Match("GET", "*/Streaming*", times=None), Drip(10))
        told = await here.assistant.refused("read_container", layout="Documents", id="1", field="File")
        assert "began to answer, but so slowly" in told
        here.faults.clear()
        await here.assistant.ask("find_records", layout="Tasks", limit=1)


async def test_a_sign_in_service_that_drips_is_given_up() -> None:
    wire = SlowWire()
    faults = FaultLayer(host_of().app, wire)
    faults.arm(Match(), Drip(10), Page(200, '{"ChallengeName": "NEW_PASSWORD_REQUIRED"}' + 1_000 * " "))
    async with serving(faults) as url:
        cognito = Cognito(connections(clock=wire.clock), wire.clock)
        with pytest.raises(Unreachable, match="so slowly"):
            await cognito.initiate(UserPool(endpoint=url), "USER_SRP_AUTH", {})


Host = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(host: Host) -> AsyncGenerator[int]:
    """The port of a host that is asked once."""
    is_over = asyncio.Event()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await host(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        is_over.set()

    async with await asyncio.start_server(met, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await is_over.wait()


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"]
)
async def test_a_head_that_drips_is_given_up_as_a_whole(head: bytes) -> None:
    """Of the answer, or of a piece of it: what the HTTP library waits for begins anew with every byte."""

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0)

    async with listening(drips) as port, connections()() as client:
        with pytest.raises(httpx.ReadTimeout) as caught:
            await client.post(f"http://127.0.0.1:{port}/", content=b"written", timeout=0.2)
        assert "answer" in unreachable(caught.value, "fm.example").what


async def test_a_connection_that_never_stands_is_given_up_before_anything_went_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its host says nothing to TLS; the steps of a connection are bounded together, too."""
    monkeypatch.setattr(sent_body, "CONNECTION_SECONDS", 0.2)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port, connections()() as client:
        with pytest.raises(NEVER_SENT) as caught:
            await client.post(f"https://127.0.0.1:{port}/", content=b"written")
        assert "did not accept a connection in time" in unreachable(caught.value, "fm.example").what


@dataclass
class Pieces(httpx.AsyncByteStream):
    """So many of that size, so many seconds apart."""

    clock: ManualClock
    count: int
    size: int
    seconds: float
    pause: float = 0
    """Before the second."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        piece = bytes(self.size)
        for number in range(self.count):
            self.clock.now += self.seconds + (self.pause if number == 1 else 0)
            yield piece


async def taken(pieces: Pieces) -> int:
    request = httpx.Request("GET", "http://fm.example/")
    response = httpx.Response(200, stream=pieces, request=request)
    return sum([len(each) async for each in PacedBody(response, AnswerPace(), pieces.clock, 60)])


async def test_a_large_file_may_take_hours_as_long_as_it_goes_forward() -> None:
    """A gigabyte in 4 hours is 70 kB a second; at 35 kB it is given up, and a host may pause for 50 seconds."""
    assert await taken(Pieces(ManualClock(), 1_000, 1_000_000, 14.4)) == 1_000_000_000
    assert await taken(Pieces(ManualClock(), 10, 100_000, 50)) == 1_000_000
    with pytest.raises(TooSlow):
        await taken(Pieces(ManualClock(), 1_000, 1_000_000, 28.8))


async def test_an_answer_that_ends_late_is_taken() -> None:
    """It paused, and what came then was its last piece."""
    assert await taken(Pieces(ManualClock(), 2, 100, 61)) == 200


async def test_an_answer_goes_on_after_a_long_pause_if_it_is_fast_again() -> None:
    assert await taken(Pieces(ManualClock(), 100, 1_500, 0.01, pause=110)) == 150_000
    with pytest.raises(TooSlow):
        await taken(Pieces(ManualClock(), 100, 1_500, 2, pause=110))
