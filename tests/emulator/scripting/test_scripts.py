"""Scripts at the places of a request and by themselves (reference section 9)."""

import asyncio
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code, rows

pytestmark = pytest.mark.anyio


async def run(client: Client, name: str, parameter: str | None = None, layout: str = "Members") -> Any:
    params = {} if parameter is None else {"script.param": parameter}
    return (await client.send("GET", f"layouts/{layout}/script/{name}", params=params)).json()["response"]


async def test_a_script_gives_its_parameter_back() -> None:
    async with club() as client:
        assert await run(client, "Echo", "ä & # + %") == {"scriptResult": "ä & # + %", "scriptError": "0"}
        assert await run(client, "Echo") == {"scriptResult": "", "scriptError": "0"}


async def test_a_script_without_a_result_has_only_its_error() -> None:
    async with club() as client:
        assert await run(client, "No%20Result", "x") == {"scriptError": "0"}


async def test_results_stand_before_everything_else_and_in_order() -> None:
    async with club() as client:
        scripts = {
            "script": "Echo",
            "script.param": "3",
            "script.presort": "Echo",
            "script.presort.param": "2",
        }
        scripts |= {"script.prerequest": "Echo", "script.prerequest.param": "1"}
        expected = [
            "scriptResult.prerequest", "scriptError.prerequest", "scriptResult.presort", "scriptError.presort",
            "scriptResult", "scriptError",
        ]  # fmt: skip
        answers = [
            await client.create("Members", {}, **scripts),
            await client.edit("Members", "1", {}, **scripts),
            await client.find("Members", {"Name": "Ada"}, **scripts),
            await client.send("GET", "layouts/Members/records", params=scripts),
            await client.send("GET", "layouts/Members/records/1", params=scripts),
            await client.send("POST", "layouts/Members/records/6", json=scripts),
            await client.send("DELETE", "layouts/Members/records/2", params=scripts),
        ]
        assert [code(each) for each in answers[:5]] == ["0"] * 5
        for each in (*answers[:5], answers[6]):
            body = each.json()["response"]
            assert list(body)[:6] == expected
            assert [body["scriptResult.prerequest"], body["scriptResult.presort"], body["scriptResult"]] == [
                "1",
                "2",
                "3",
            ]
        assert code(answers[5]) == "504"


async def test_what_a_script_changes_is_in_the_records_that_come_back() -> None:
    async with club() as client:
        response = await client.find(
            "Members", {"Name": "==Ben"}, script="Raise Scores", **{"script.param": "1"}
        )
        assert response.json()["response"]["scriptResult"] == "1 of Members"
        assert rows(response)[0]["fieldData"]["Score"] == 11
        response = await client.find("Members", {"Name": "==Ben"}, **{"script.presort": "Raise Scores"})
        assert rows(response)[0]["fieldData"]["Score"] == 12
        assert rows(response)[0]["modId"] == "2"


async def test_a_script_may_change_the_found_set_and_its_order() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Members/records", params={"script": "Only Gold"})
        info = response.json()["response"]["dataInfo"]
        assert [row["fieldData"]["Name"] for row in rows(response)] == ["Ada"]
        assert (info["foundCount"], info["totalRecordCount"]) == (1, 6)


async def test_a_found_set_that_a_script_leaves_stays_with_the_session() -> None:
    async with club() as client:
        await run(client, "Only%20Gold")
        assert (await run(client, "Raise%20Scores"))["scriptResult"] == "1 of Members"
        assert (await client.send("GET", "layouts/Members/records")).json()["response"]["dataInfo"][
            "foundCount"
        ] == 6
        await client.log_in("admin", "pässword: with colon")
        assert (await run(client, "Raise%20Scores"))["scriptResult"] == "6 of Members"


async def test_a_script_may_leave_the_layout() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Members/records", params={"script": "Leave"})
        assert response.json()["response"]["dataInfo"]["layout"] == "Notes"
        assert [row["fieldData"]["Text"] for row in rows(response)] == ["second"]
        params = {"script": "Leave", "layout.response": "Members Brief"}
        assert code(await client.send("GET", "layouts/Members/records", params=params)) == "105"


async def test_a_loop_that_ends_beyond_the_last_record_reports_101_and_has_succeeded() -> None:
    async with club() as client:
        assert await run(client, "Loop") == {"scriptResult": "6 visited", "scriptError": "101"}


async def test_an_unsupported_step_reports_3() -> None:
    async with club() as client:
        assert await run(client, "Unsupported") == {"scriptResult": "went on", "scriptError": "3"}


async def test_a_failing_script_leaves_the_request_a_success_and_the_change_in_place() -> None:
    async with club(faults=1) as client:
        response = await client.edit("Members", "1", {"Score": 1}, script="Broken")
        assert (response.status_code, response.json()["response"]) == (
            200,
            {"scriptError": "-1", "modId": "1"},
        )
        fields = (await client.get("Members", "1"))["fieldData"]
        assert (fields["Score"], fields["Name"]) == (1, "Ada")
        assert client.emulator.faults[0].startswith("Script 'Broken', club_scripts.py line ")


@pytest.mark.parametrize(("first", "changed"), [(True, False), (False, True)])
async def test_a_missing_script_is_104_before_anything_happens_unless_switched(
    first: bool, changed: bool
) -> None:
    async with club(switches=Switches(check_scripts_first=first)) as client:
        before = client.emulator.digest()
        for key in ("script", "script.presort"):
            response = await client.edit("Members", "1", {"Score": 1}, **{key: "Nowhere"})
            assert (response.status_code, code(response)) == (500, "104")
        assert (client.emulator.digest() != before) is changed
        assert code(await client.send("GET", "layouts/Members/script/Nowhere")) == "104"
        assert code(await client.send("GET", "layouts/Nowhere/script/Echo")) == "105"


async def test_a_script_takes_its_time_on_the_hosts_clock() -> None:
    async with club() as client:
        task = asyncio.create_task(run(client, "Wait", "30"))
        await client.clock.awaited()
        client.clock.advance(29)
        await anyio.wait_all_tasks_blocked()
        assert not task.done()
        client.clock.advance(1)
        assert (await task)["scriptResult"] == "waited"


async def test_every_script_can_be_made_slow() -> None:
    async with club() as client:
        client.emulator.set_script_delay(60)
        task = asyncio.create_task(run(client, "Echo", "late"))
        await client.clock.awaited()
        client.clock.advance(60)
        assert (await task)["scriptResult"] == "late"


async def test_a_record_that_a_script_has_open_is_locked_for_others() -> None:
    async with club() as client:
        task: asyncio.Task[httpx.Response] = asyncio.create_task(run(client, "Hold", "5"))
        await client.clock.awaited()
        await client.log_in("admin", "pässword: with colon")
        assert (await client.get("Members", "1"))["fieldData"]["Name"] == "Ada"
        assert code(await client.edit("Members", "1", {"Score": 1})) == "301"
        client.clock.advance(5)
        await task
        assert code(await client.edit("Members", "1", {"Score": 1})) == "0"
        assert (await client.get("Members", "1"))["fieldData"]["Name"] == "held"


async def test_scripts_call_scripts() -> None:
    async with club() as client:
        assert await run(client, "Outer") == {"scriptResult": "from inside, None, 104", "scriptError": "104"}


async def test_variables_and_globals_outlast_a_script_within_the_session() -> None:
    async with club() as client:
        assert (await run(client, "Remember", "one"))["scriptResult"] == "nothing; one"
        assert (await run(client, "Remember", "two"))["scriptResult"] == "one; two"
        await client.log_in("admin", "pässword: with colon")
        assert (await run(client, "Remember", "three"))["scriptResult"] == "nothing; three"


async def test_scripts_make_and_delete_records() -> None:
    async with club() as client:
        assert await run(client, "Make%20And%20Delete") == {"scriptResult": "True 0", "scriptError": "0"}
        assert (await client.get("Members", "7"))["fieldData"]["Name"] == "Made"
        assert (await client.send("GET", "layouts/Notes/records")).json()["response"]["dataInfo"][
            "foundCount"
        ] == 5


async def test_each_step_that_cannot_be_done_leaves_its_code() -> None:
    async with club() as client:
        codes = (await run(client, "Edges"))["scriptResult"]
        assert codes == "105 101 102 102 201 500 111 401 101 0 0 503 0 0 102 0 105"


async def test_only_the_parameter_goes_with_the_script_endpoint() -> None:
    async with club() as client:
        assert code(await client.send("GET", "layouts/Members/script/Echo?script=Echo")) == "960"
