"""Tables of another file, opened when something needs them (reference section 4.4)."""

from typing import Any

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import SOLUTION, club, code, host, rows

pytestmark = pytest.mark.anyio
SHOP: dict[str, Any] = {"fmDataSource": [{"database": "Shop", "username": "shopkeeper", "password": "shop"}]}
WRONG: dict[str, Any] = {
    "fmDataSource": [{"database": "Shop", "username": "shopkeeper", "password": "wrong"}]
}


async def test_the_same_name_and_password_open_the_other_file() -> None:
    async with club() as client:
        record = await client.get("Spending", "1")
        assert record["fieldData"] == {"Name": "Ada", "Spent": 25.5, "Orders::Item": "Cap"}
        assert [row["Orders::Price"] for row in record["portalData"]["Orders"]] == [10, 15.5]
        [found] = rows(await client.find("Spending", {"Orders::Item": "Flag"}))
        assert found["fieldData"]["Name"] == "Ben"


async def test_credentials_of_its_own_open_the_other_file() -> None:
    async with host(SOLUTION, database="Club") as client:
        assert code(await client.log_in("clerk", "clerk", **SHOP)) == "0"
        assert (await client.get("Spending", "1"))["fieldData"]["Spent"] == 25.5
        answer = await client.edit(
            "Spending", "2", {}, portalData={"Orders": [{"Orders::Item": "Pin", "Orders::Price": 2}]}
        )
        assert [each["tableName"] for each in answer.json()["response"]["newPortalRecordInfo"]] == [
            "Orders",
            "Orders",
        ]
        assert (await client.get("Spending", "2"))["fieldData"]["Spent"] == 9


async def test_wrong_credentials_fail_only_when_the_file_is_needed() -> None:
    async with host(SOLUTION, database="Club") as client:
        assert code(await client.log_in("clerk", "clerk", **WRONG)) == "0"
        assert code(await client.send("GET", "layouts/Members/records")) == "0"
        response = await client.send("GET", "layouts/Orders/records")
        assert (response.status_code, code(response)) == (500, "100")
        record = await client.get("Spending", "1")
        assert record["fieldData"]["Orders::Item"] == ""
        assert record["portalData"]["Orders"] == []


async def test_a_switch_makes_a_file_that_cannot_be_opened_an_error() -> None:
    async with host(SOLUTION, database="Club", switches=Switches(unopened_source="error")) as client:
        await client.log_in("clerk", "clerk", **WRONG)
        assert code(await client.send("GET", "layouts/Spending/records")) == "100"


async def test_a_layout_may_show_a_table_of_the_other_file() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Orders/records")
        assert [row["fieldData"]["Members::Name"] for row in rows(response)] == ["Ada", "Ada", "Ben"]
        made = await client.create("Orders", {"Item": "Badge", "Price": 3})
        assert code(made) == "0"
        client.database = "Shop"
        await client.log_in("shopkeeper", "shop")
        assert code(await client.find("Orders", {"Item": "Badge"})) == "0"


async def test_a_closed_other_file_is_not_opened() -> None:
    async with club() as client:
        client.emulator.close_file("Shop")
        assert code(await client.send("GET", "layouts/Orders/records")) == "100"
