"""The control endpoint arms the same faults in JSON, and says what it does not understand."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.faults.control import Control
from filemaker_mcp.server.emulator.faults.layer import FaultLayer

pytestmark = pytest.mark.anyio


async def answer(_: Request) -> JSONResponse:
    return JSONResponse({"response": {}})


class Controlled:
    def __init__(self) -> None:
        self.ended: list[str] = []
        self.faults = FaultLayer(Starlette(routes=[Route("/{path:path}", answer)]), ManualClock())
        control = Control(
            self.faults,
            {
                "end_sessions": self.end_sessions,
                "count_sessions": self.count_sessions,
                "advance_clock": self.advance_clock,
            },
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(control), base_url="http://127.0.0.1:3000"
        )

    def end_sessions(self, file: str = "every file") -> None:
        self.ended.append(file)

    def advance_clock(self, seconds: float) -> None:
        self.ended.append(f"{seconds} seconds later")

    async def count_sessions(self) -> Any:
        return len(self.ended)

    async def arm(self, words: object) -> httpx.Response:
        return await self.http.post("/_emulator/faults", json=words)


@pytest.fixture
def controlled() -> Controlled:
    return Controlled()


async def test_a_fault_in_json_strikes_and_is_counted(controlled: Controlled) -> None:
    words = {"path": "*/records", "skip": 1, "times": 1, "effects": [{"effect": "page", "status": 503}]}
    assert (await controlled.arm(words)).status_code == 201
    statuses = [(await controlled.http.get("/layouts/x/records")).status_code for _ in range(3)]
    assert statuses == [200, 503, 200]
    listed = (await controlled.http.get("/_emulator/faults")).json()["faults"]
    assert listed == [
        {
            "method": "*",
            "path": "*/records",
            "skip": 1,
            "times": 1,
            "effects": ["Page"],
            "seen": 2,
            "struck": 1,
        }
    ]
    assert (await controlled.http.delete("/_emulator/faults")).status_code == 204
    assert (await controlled.http.get("/_emulator/faults")).json() == {"faults": []}


async def test_a_fault_may_do_something_to_the_host(controlled: Controlled) -> None:
    act = {"effect": "act", "action": "end_sessions", "file": "Sales"}
    await controlled.arm({"effects": [act, {"effect": "wrong_date", "offset": 1200}]})
    answered = await controlled.http.get("/x")
    assert controlled.ended == ["Sales"]
    assert answered.headers["date"] == "Mon, 09 Mar 2026 09:20:00 GMT"


async def test_an_action_may_be_asked_for_at_once(controlled: Controlled) -> None:
    assert (await controlled.http.post("/_emulator/act", json={"action": "end_sessions"})).json() == {
        "result": None
    }
    assert (await controlled.http.post("/_emulator/act", json={"action": "count_sessions"})).json() == {
        "result": 1
    }
    assert controlled.ended == ["every file"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], "The body is not a JSON object."),
        ({}, "'effects' is a list of at least one effect."),
        ({"effects": ["delay"]}, "An object with 'effect' was expected."),
        ({"effects": [{"effect": "dely", "seconds": 1}]}, "There is no effect 'dely'. Did you mean 'delay'?"),
        ({"effects": [{"effect": "delay"}]}, "seconds: Field required."),
        ({"effects": [{"effect": "delay", "second": 1}]}, "Delay has no 'second'. Did you mean 'seconds'?"),
        (
            {"effects": [{"effect": "act", "action": "x"}]},
            "There is no action 'x'. Known: advance_clock, count_sessions, end_sessions.",
        ),
        ({"effects": [{"effect": "drop"}], "times": "often"}, "times: Input should be a valid integer"),
    ],
)
async def test_what_it_does_not_understand_it_names(
    controlled: Controlled, words: object, error: str
) -> None:
    refused = await controlled.arm(words)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(error)
    assert controlled.faults.faults == []


async def test_an_action_with_wrong_arguments_is_refused(controlled: Controlled) -> None:
    refused = await controlled.http.post("/_emulator/act", json={"action": "end_sessions", "files": 1})
    assert refused.status_code == 400


async def test_without_it_its_paths_are_ordinary_ones(controlled: Controlled) -> None:
    plain = httpx.AsyncClient(transport=httpx.ASGITransport(controlled.faults), base_url="http://fm.test")
    assert (await plain.get("/_emulator/faults")).json() == {"response": {}}


PAGE = {"content-type": "application/json", "host": "127.0.0.1:3000"}
ATTACKS = {
    "a page of another site": ({"origin": "https://evil.example"}, 403),
    "a page from a file, or in a sandbox": ({"origin": "null"}, 403),
    "a page of another port of this machine": ({"origin": "http://127.0.0.1:8000"}, 403),
    "a page whose browser names no origin": ({"sec-fetch-site": "cross-site"}, 403),
    "a page of a neighbouring site": ({"sec-fetch-site": "same-site"}, 403),
    "a name that was bound to this machine": (
        {"host": "evil.example:3000", "origin": "http://evil.example:3000"},
        403,
    ),
    "a name that only begins like ours": ({"host": "localhost.evil.example"}, 403),
    "no name": ({"host": ""}, 403),
    "a name that is none": ({"host": "[::1"}, 403),
    "a form": ({"content-type": "application/x-www-form-urlencoded"}, 415),
    "a form of plain text": ({"content-type": "text/plain;charset=utf-8"}, 415),
    "a form with a file": ({"content-type": "multipart/form-data; boundary=application/json"}, 415),
    "a beacon without a type": ({"content-type": ""}, 415),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_web_page_reaches_it(controlled: Controlled, attack: str) -> None:
    headers, status = ATTACKS[attack]
    fault = b'{"effects": [{"effect": "hang"}]}'
    act = b'{"action": "end_sessions"}'
    for path, body in (("/_emulator/faults", fault), ("/_emulator/act", act)):
        answered = await controlled.http.post(path, content=body, headers=PAGE | headers)
        assert answered.status_code == status
        assert "access-control-allow-origin" not in answered.headers
    if status == 403:
        for method in ("GET", "DELETE"):
            answered = await controlled.http.request(method, "/_emulator/faults", headers=PAGE | headers)
            assert answered.status_code == 403
    asked = await controlled.http.options("/_emulator/faults", headers=PAGE | headers)
    assert asked.status_code == 405  # what a browser asks before it sends JSON to another origin
    assert (controlled.faults.faults, controlled.ended) == ([], [])


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost", "LOCALHOST:3000", "[::1]:3000"])
async def test_programs_of_this_machine_and_a_page_of_its_own_reach_it(
    controlled: Controlled, host: str
) -> None:
    own_page = {"origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    for headers in ({}, own_page):
        answered = await controlled.http.post(
            "/_emulator/act", json={"action": "end_sessions"}, headers={"host": host} | headers
        )
        assert answered.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff",
        b"[" * 50_000,
        b'{"a":' * 10_000,
        b'{"action": "advance_clock", "seconds": NaN}',
        b'{"action": "advance_clock", "seconds": 1e999}',
        b'{"action": "advance_clock", "seconds": -1e300}',
        b'{"action": "advance_clock", "seconds": ' + b"9" * 5000 + b"}",
        b'{"action": "advance_clock", "seconds": {"a": 1}}',
        b'{"action": "advance_clock"}',
        b'{"action": ["advance_clock"]}',
        b'{"action": "end_sessions", "file": 7}',
        b'{"action": "end_sessions", "file": "\\ud800"}',
        b'{"effects": [{"effect": "delay", "seconds": 1e308}]}',
        b'{"effects": [{"effect": "delay", "seconds": -1}]}',
        b'{"effects": [{"effect": "page", "status": 7}]}',
        b'{"effects": [{"effect": "page", "location": "a\\r\\nSet-Cookie: b"}]}',
        b'{"effects": [{"effect": "wrong_date", "offset": 1e13}]}',
        b'{"effects": [{"effect": "act", "action": "advance_clock", "seconds": "x"}]}',
        b'{"effects": {"effect": "hang"}}',
    ],
)
async def test_odd_json_is_refused_and_does_nothing(controlled: Controlled, body: bytes) -> None:
    for path in ("/_emulator/faults", "/_emulator/act"):
        answered = await controlled.http.post(
            path, content=body, headers={"content-type": "application/json"}
        )
        assert answered.status_code == 400
        assert answered.json()["error"]
    assert (controlled.faults.faults, controlled.ended) == ([], [])


async def test_a_body_is_not_read_beyond_its_bound(controlled: Controlled) -> None:
    sent: list[int] = []

    async def endless() -> AsyncGenerator[bytes]:
        for number in range(10_000):
            sent.append(number)
            yield b" " * 1024

    answered = await controlled.http.post(
        "/_emulator/act", content=endless(), headers={"content-type": "application/json"}
    )
    assert answered.status_code == 413
    assert (controlled.faults.faults, controlled.ended) == ([], [])
