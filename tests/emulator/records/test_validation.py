"""Validation at commit (reference sections 6.6 and 6.7)."""

from typing import Any

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import club, code

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Whole": "12"}, "0"),
        ({"Whole": "12a"}, "502"),
        ({"Day": "3/9/2026"}, "0"),
        ({"Day": "not a day"}, "500"),
        ({"Hour": "23:59:59"}, "0"),
        ({"Hour": "24:00:00"}, "501"),
        ({"Hour": "-1:00"}, "501"),
        ({"Known": "yes"}, "0"),
        ({"Known": "no"}, "505"),
        ({"Even": 2}, "0"),
        ({"Even": 3}, "507"),
        ({"Must": ""}, "509"),
        ({"May": ""}, "509"),
    ],
)
async def test_each_check_has_its_code(fields: dict[str, Any], expected: str) -> None:
    async with club() as client:
        assert code(await client.create("Strict", {"Must": "x", "May": "x", **fields})) == expected


async def test_a_check_that_may_be_overridden_is_skipped_by_entrymode_script() -> None:
    async with club() as client:
        options = {"entrymode": "script"}
        assert code(await client.create("Strict", {"Must": "x"}, options=options)) == "0"
        assert code(await client.create("Strict", {"May": "x"}, options=options)) == "509"


async def test_a_required_field_that_is_not_named_is_missed_on_creation() -> None:
    async with club() as client:
        assert code(await client.create("Strict", {"May": "x"})) == "509"
        assert code(await client.create("Members", {"Nick": ""})) == "509"


async def test_only_during_data_entry_misses_a_field_that_a_create_leaves_out() -> None:
    """Asserted by the live suite of go-filemaker (section 6.6)."""
    async with club() as client:
        assert code(await client.create("Entries", {"Free": "x"})) == "509"
        script = {"entrymode": "script"}
        assert code(await client.create("Entries", {"Free": "x"}, options=script)) == "0"
        assert (
            code(await client.edit("Entries", "1", {"Free": "y"})) == "0"
        )  # what was not entered is not looked at
        assert code(await client.edit("Entries", "1", {"Needed": ""})) == "509"


async def test_unique_means_another_record_and_the_whole_value() -> None:
    async with club() as client:
        assert code(await client.edit("Members", "1", {"Code": "A"})) == "0"
        assert code(await client.edit("Members", "1", {"Code": "b"})) == "504"
        assert code(await client.edit("Members", "1", {"Code": "B\rC"})) == "0"


@pytest.mark.parametrize(
    ("switch", "message"),
    [
        ("standard", "Value in field failed calculation test of validation entry option"),
        ("custom", "Only even numbers."),
    ],
)
async def test_a_message_of_ones_own_is_shown_where_switched(switch: str, message: str) -> None:
    async with club(switches=Switches(validation_message=switch)) as client:
        response = await client.create("Strict", {"Must": "x", "May": "x", "Even": 1})
        assert response.json()["messages"] == [{"code": "507", "message": message}]


async def test_check_boxes_are_listed_line_by_line() -> None:
    async with club() as client:
        assert code(await client.edit("Members", "1", {"Level": "gold\rSILVER"})) == "0"
        assert code(await client.edit("Members", "1", {"Level": "Gold\rIron"})) == "506"
