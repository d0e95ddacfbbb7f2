"""The control endpoint arms the same faults in JSON, and says what it does not understand."""

from __future__ import annotations

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
            self.faults, {"end_sessions": self.end_sessions, "count_sessions": self.count_sessions}
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(control), base_url="http://fm.test")

    def end_sessions(self, file: str = "every file") -> None:
        self.ended.append(file)

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
            "There is no action 'x'. Known: count_sessions, end_sessions.",
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
