"""What a session is: fifteen minutes, one call at a time, its own globals, and how it is cut (reference section 4.6)."""

import asyncio
import threading

import anyio
import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import SOLUTION, Client, club, code

pytestmark = pytest.mark.anyio


async def beginning(client: Client, method: str, path: str) -> asyncio.Task[httpx.Response]:
    """A call that has begun to run, and waits for the clock or for its turn."""
    task = asyncio.create_task(client.send(method, path))
    await anyio.wait_all_tasks_blocked()
    return task


async def validate(client: Client) -> httpx.Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return await client.http.get("/fmi/data/v2/validateSession", headers=headers)


async def test_a_session_lasts_fifteen_minutes_after_its_last_call() -> None:
    async with club() as client:
        for _ in range(3):
            client.clock.advance(899)
            assert code(await client.send("GET", "layouts")) == "0"
        client.clock.advance(900)
        assert code(await client.send("GET", "layouts")) == "952"
        assert client.emulator.open_sessions == 0


@pytest.mark.parametrize(("extends", "expected"), [(True, "0"), (False, "952")])
async def test_validating_extends_a_session_unless_switched_off(extends: bool, expected: str) -> None:
    async with club(switches=Switches(validate_extends=extends)) as client:
        client.clock.advance(600)
        assert (await validate(client)).text == (
            '{"response":{"isSessionInUse":false},"messages":[{"code":"0","message":"OK"}]}'
        )
        client.clock.advance(600)
        assert code(await client.send("GET", "layouts")) == expected


async def test_calls_on_one_token_are_executed_one_after_another() -> None:
    async with club() as client:
        first = await beginning(client, "GET", "layouts/Members/script/Wait?script.param=5")
        second = await beginning(client, "GET", "layouts/Members/script/Echo?script.param=x")
        assert (await validate(client)).json()["response"] == {"isSessionInUse": True}
        assert not second.done()
        client.clock.advance(5)
        assert (await first).json()["response"]["scriptResult"] == "waited"
        assert (await second).json()["response"]["scriptResult"] == "x"


async def test_sessions_do_not_wait_for_each_other() -> None:
    async with club() as client:
        slow = await beginning(client, "GET", "layouts/Members/script/Wait?script.param=5")
        token = client.token
        await client.log_in("clerk", "clerk")
        assert code(await client.send("GET", "layouts")) == "0"
        client.token = token
        client.clock.advance(5)
        assert code(await slow) == "0"


async def test_a_session_that_runs_a_long_script_does_not_expire() -> None:
    async with club() as client:
        running = await beginning(client, "GET", "layouts/Members/script/Wait?script.param=4000")
        client.clock.advance(3999)
        assert client.emulator.open_sessions == 1
        client.clock.advance(1)
        assert code(await running) == "0"
        assert code(await client.send("GET", "layouts")) == "0"


async def test_a_disconnect_during_a_call_answers_112_and_then_952() -> None:
    async with club() as client:
        running = await beginning(client, "GET", "layouts/Members/script/Wait?script.param=5")
        assert client.emulator.disconnect(client.token)
        client.clock.advance(5)
        response = await running
        assert (response.status_code, code(response)) == (500, "112")
        assert code(await client.send("GET", "layouts")) == "952"


async def test_closing_a_file_ends_its_sessions() -> None:
    async with club() as client:
        client.emulator.close_file("Club")
        assert client.emulator.open_sessions == 0
        assert code(await client.send("GET", "layouts")) == "952"


async def test_a_client_that_hangs_up_does_not_stop_the_call() -> None:
    async with club() as client:
        running = await beginning(client, "GET", "layouts/Members/script/Hold?script.param=5")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        client.clock.advance(5)
        brief = await client.get("Members Brief", "1")
        assert brief["fieldData"]["Name"] == "held"


async def test_globals_belong_to_their_session() -> None:
    async with club() as client:
        response = await client.send(
            "PATCH", "globals", json={"globalFields": {"Members::gFactor": 5, "Members::gNames(2)": "zwei"}}
        )
        assert response.text == '{"response":{},"messages":[{"code":"0","message":"OK"}]}'
        fields = (await client.get("Members", "1"))["fieldData"]
        assert (fields["gFactor"], fields["Times"]) == (5, 150)
        assert (fields["gNames(1)"], fields["gNames(2)"]) == ("", "zwei")
        await client.log_in("clerk", "clerk")
        fields = (await client.get("Members", "1"))["fieldData"]
        assert (fields["gFactor"], fields["Times"]) == (3, 90)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("gFactor", "102"), ("Members::Name", "102"), ("Nowhere::g", "102"), ("Members::gNames(3)", "111")],
)
async def test_only_global_fields_with_their_occurrence_can_be_set(name: str, expected: str) -> None:
    async with club() as client:
        fields = {"Members::gFactor": 9, name: "x"}
        assert code(await client.send("PATCH", "globals", json={"globalFields": fields})) == expected
        assert (await client.get("Members", "1"))["fieldData"]["gFactor"] == 3


async def test_a_data_limit_answers_953_and_executes_nothing() -> None:
    async with club() as client:
        client.emulator.set_data_limit(10)
        before = client.emulator.digest()
        assert code(await client.send("GET", "layouts")) == "0"
        response = await client.create("Members", {"Name": "too much"})
        assert (response.status_code, code(response)) == (500, "953")
        assert client.emulator.digest() == before
        client.emulator.set_data_limit(0)
        assert code(await client.send("GET", "layouts")) == "0"


async def test_the_log_is_fmdapi_logs() -> None:
    async with club() as client:
        await client.find("Members", {"Name": "==nobody"})
        await client.send("DELETE", f"sessions/{client.token}")
        lines = [line.split("\t") for line in client.emulator.log_lines]
        assert lines[0][:6] == ["2026-03-09 09:00:00.000 +0000", "0", "INFO", "127.0.0.1", "admin", "POST"]
        assert lines[0][6:] == ["/fmi/data/vLatest/databases/Club/sessions", "118"]
        assert lines[1][1:3] == ["401", "ERROR"]
        assert client.token not in "".join(client.emulator.log_lines)
        assert [each.code for each in client.emulator.requests] == [0, 401, 0]


def test_a_host_may_be_made_in_one_thread_and_served_in_another() -> None:
    emulator = Emulator([SOLUTION])
    answers: list[httpx.Response] = []

    async def serve() -> None:
        transport = httpx.ASGITransport(app=emulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fm.example") as http:
            client = Client(emulator, ManualClock(), http, "Club")
            await client.log_in("clerk", "clerk")
            answers.append(await client.find("Members", {"Name": "Ada"}))

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    thread.join()
    assert [code(each) for each in answers] == ["0"]
