"""What an account may not do: layouts, fields, records, scripts (reference sections 5.1, 6.5, 6.7)."""

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import club, code, rows

pytestmark = pytest.mark.anyio
CLERK = {"account": "clerk", "password": "clerk"}


async def test_a_layout_without_access_does_not_exist() -> None:
    async with club(**CLERK) as client:
        listed = (await client.send("GET", "layouts")).json()["response"]["layouts"]
        assert "Strict" not in [each["name"] for each in listed]
        assert code(await client.send("GET", "layouts/Strict")) == "105"
        assert code(await client.create("Strict", {})) == "105"


@pytest.mark.parametrize("status", [500, 403])
async def test_a_layout_to_view_only_changes_nothing(status: int) -> None:
    async with club(**CLERK, switches=Switches(privilege_status=status)) as client:
        before = client.emulator.digest()
        answers = [
            await client.create("Members Brief", {"Name": "x"}),
            await client.edit("Members Brief", "1", {"Name": "x"}),
            await client.send("DELETE", "layouts/Members Brief/records/1"),
            await client.send("POST", "layouts/Members Brief/records/1"),
        ]
        assert {(each.status_code, code(each)) for each in answers} == {(status, "9")}
        assert client.emulator.digest() == before


async def test_a_field_without_access_is_shown_as_such_and_cannot_be_used() -> None:
    async with club(**CLERK) as client:
        assert (await client.get("Members", "1"))["fieldData"]["Stamp"] == "<No Access>"
        assert code(await client.find("Members", {"Stamp": "*"})) == "202"
        sort = '[{"fieldName":"Stamp"}]'
        assert code(await client.send("GET", "layouts/Members/records", params={"_sort": sort})) == "204"
        assert code(await client.edit("Members", "1", {"Stamp": ""})) == "201"


async def test_a_field_to_view_only_cannot_be_written() -> None:
    async with club(**CLERK) as client:
        assert (await client.get("Members", "1"))["fieldData"]["Score"] == 30
        assert code(await client.edit("Members", "1", {"Score": 1})) == "201"
        assert code(await client.find("Members", {"Score": "30"})) == "0"


async def test_records_are_hidden_by_an_expression() -> None:
    async with club(**CLERK) as client:
        listed = await client.send("GET", "layouts/Secrets/records")
        assert [row["fieldData"]["Value"] for row in rows(listed)] == ["mine"]
        info = listed.json()["response"]["dataInfo"]
        assert (info["totalRecordCount"], info["foundCount"]) == (2, 1)
        assert code(await client.find("Secrets", {"Value": "yours"})) == "401"
        for response in (
            await client.send("GET", "layouts/Secrets/records/2"),
            await client.edit("Secrets", "2", {"Value": "x"}),
            await client.send("DELETE", "layouts/Secrets/records/1"),
        ):
            assert (response.status_code, code(response)) == (500, "200")
        assert code(await client.edit("Secrets", "1", {"Value": "changed"})) == "0"


async def test_a_script_without_access_does_not_exist() -> None:
    async with club(**CLERK) as client:
        listed = (await client.send("GET", "scripts")).json()["response"]["scripts"]
        assert "Make And Delete" not in [each["name"] for each in listed]
        assert code(await client.send("GET", "layouts/Members/script/Make%20And%20Delete")) == "104"


async def test_scripts_run_with_the_accounts_own_rights() -> None:
    async with club(**CLERK) as client:
        response = await client.send("GET", "layouts/Members/script/Raise%20Scores")
        assert response.json()["response"]["scriptError"] == "101"
        assert (await client.get("Members", "1"))["fieldData"]["Score"] == 30
