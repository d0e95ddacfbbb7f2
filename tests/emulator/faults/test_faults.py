"""Each fault looks the same to an HTTP client over a socket and in this process."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.faults.effects import Act, Cut, Delay, Drip, Drop, Hang, Page, WrongDate
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

pytestmark = pytest.mark.anyio


class Ledger:
    """A host that remembers what it committed."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        self.clock = ManualClock()
        self.faults = FaultLayer(
            Starlette(routes=[Route("/{path:path}", self.commit, methods=["POST"])]), self.clock
        )

    async def commit(self, request: Request) -> JSONResponse:
        self.committed.append((await request.body()).decode())
        return JSONResponse({"committed": len(self.committed), "padding": "x" * 200})


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@contextlib.asynccontextmanager
async def reached(ledger: Ledger, way: str) -> AsyncGenerator[httpx.AsyncClient]:
    if way == "process":
        transport = httpx.ASGITransport(ledger.faults)
        async with httpx.AsyncClient(transport=transport, base_url="http://fm.test") as client:
            yield client
    else:
        async with (
            serving(ledger.faults) as url,
            httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(5, read=0.5)) as client,
        ):
            yield client


both_ways = pytest.mark.parametrize("way", ["socket", "process"])


@both_ways
@pytest.mark.parametrize("processed", [False, True])
@pytest.mark.parametrize(
    ("reset", "error", "words"),
    [
        (False, httpx.RemoteProtocolError, "Server disconnected without sending a response"),
        (True, httpx.ReadError, None),
    ],
)
async def test_a_connection_dropped_before_or_after_the_commit(
    ledger: Ledger, way: str, processed: bool, reset: bool, error: type[Exception], words: str | None
) -> None:
    fault = ledger.faults.arm(Match("POST"), Drop(processed, reset))
    async with reached(ledger, way) as client:
        with pytest.raises(error, match=words):
            await client.post("/records", content="first")
        assert ledger.committed == (["first"] if processed else [])
        assert (await client.post("/records", content="second")).status_code == 200
    assert (fault.seen, fault.struck) == (1, 1)
    assert fault.is_spent


@both_ways
async def test_an_answer_cut_in_the_middle_of_its_body(ledger: Ledger, way: str) -> None:
    ledger.faults.arm(Match(), Cut(20))
    async with reached(ledger, way) as client:
        with pytest.raises(httpx.RemoteProtocolError, match=r"received 20 bytes, expected \d{3}"):
            await client.post("/records", content="first")
    assert ledger.committed == ["first"]


@both_ways
@pytest.mark.parametrize("processed", [False, True])
async def test_an_answer_that_never_comes_is_a_time_out(ledger: Ledger, way: str, processed: bool) -> None:
    ledger.faults.arm(Match(), Hang(processed))
    async with reached(ledger, way) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/records", content="first")
    assert ledger.committed == (["first"] if processed else [])


@both_ways
async def test_an_answer_that_drips_lasts_on_the_emulated_clock(ledger: Ledger, way: str) -> None:
    ledger.faults.arm(Match(), Drip(100, 60))
    pieces: list[int] = []

    async def ask(client: httpx.AsyncClient) -> None:
        async with client.stream("POST", "/records", content="first", timeout=60) as answer:
            pieces.extend([len(piece) async for piece in answer.aiter_raw()])

    async with reached(ledger, way) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(ask, client)
        for seconds in (60,) * 3 if way == "socket" else (180,):
            await ledger.clock.awaited()
            assert ledger.committed == ["first"]
            ledger.clock.advance(seconds)
    assert sum(pieces) == len('{"committed":1,"padding":""}') + 200
    assert len(pieces) == (3 if way == "socket" else 1)


@both_ways
@pytest.mark.parametrize("processed", [False, True])
async def test_a_delay_lasts_on_the_emulated_clock(ledger: Ledger, way: str, processed: bool) -> None:
    ledger.faults.arm(Match(), Delay(3600, processed))
    answers: list[int] = []

    async def ask(client: httpx.AsyncClient) -> None:
        answers.append((await client.post("/records", content="first", timeout=60)).status_code)

    async with reached(ledger, way) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(ask, client)
        await ledger.clock.awaited()
        assert ledger.committed == (["first"] if processed else [])
        ledger.clock.advance(3600)
    assert answers == [200]


@both_ways
async def test_somebody_else_may_answer_in_the_hosts_place(ledger: Ledger, way: str) -> None:
    ledger.faults.arm(Match(), Page())
    ledger.faults.arm(Match(), Page(200, "<html>Welcome to the hotel</html>"))
    ledger.faults.arm(Match(), Page(302, "", location="https://portal.example.com/login"))
    ledger.faults.arm(Match(), Page(504, "<html>Gateway Timeout</html>", processed=True))
    async with reached(ledger, way) as client:
        answers = [await client.post("/records", content=str(number)) for number in range(5)]
    assert [answer.status_code for answer in answers] == [502, 200, 302, 504, 200]
    assert answers[0].headers["content-type"] == "text/html"
    assert answers[2].headers["location"] == "https://portal.example.com/login"
    assert ledger.committed == ["3", "4"]


@both_ways
async def test_a_wrong_clock_shows_in_the_date(ledger: Ledger, way: str) -> None:
    ledger.faults.arm(Match(times=None), WrongDate(timedelta(minutes=-20)))
    async with reached(ledger, way) as client:
        for _ in range(2):
            answer = await client.post("/records")
            assert answer.headers.get_list("date") == ["Mon, 09 Mar 2026 08:40:00 GMT"]


async def test_a_fault_waits_for_its_method_and_path_and_lets_the_first_ones_pass(ledger: Ledger) -> None:
    fault = ledger.faults.arm(Match("POST", "*/layouts/Offene Posten/_find", skip=1, times=2), Page(503))
    async with reached(ledger, "process") as client:
        path = "/fmi/data/v1/databases/Sales/layouts/Offene%20Posten"
        statuses = [(await client.post(f"{path}/_find")).status_code for _ in range(4)]
        other = await client.post(f"{path}/records")
    assert statuses == [200, 503, 503, 200]
    assert other.status_code == 200
    assert (fault.seen, fault.struck) == (3, 2)


async def test_cleared_faults_strike_no_more(ledger: Ledger) -> None:
    ledger.faults.arm(Match(times=None), Page(503))
    ledger.faults.clear()
    async with reached(ledger, "process") as client:
        assert (await client.post("/records")).status_code == 200


@pytest.mark.parametrize("processed", [False, True])
async def test_something_may_happen_to_the_host_just_before_or_after(ledger: Ledger, processed: bool) -> None:
    ledger.faults.arm(Match(), Act(lambda: ledger.committed.append("administrator"), processed))
    async with reached(ledger, "process") as client:
        await client.post("/records", content="client")
    assert ledger.committed == (["client", "administrator"] if processed else ["administrator", "client"])


async def test_a_delayed_request_may_lose_its_connection_as_well(ledger: Ledger) -> None:
    ledger.faults.arm(Match(), Delay(0, processed=True), Cut(), Drop())
    async with reached(ledger, "socket") as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/records")
    assert ledger.committed == []
