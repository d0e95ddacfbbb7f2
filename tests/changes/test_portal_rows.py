"""Related rows through a portal: the right record of the right table, once, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant
from .shop import applied, in_workshop, made

pytestmark = pytest.mark.anyio

ORDERS = Path(__file__).parent / "orders"
LINES = "What is ordered"


async def rows(assistant: Assistant, layout: str) -> list[list[Any]]:
    return (await assistant.ask("find_records", layout=layout)).get("rows", [])


async def test_removing_a_row_deletes_the_record_it_is_and_not_the_one_it_shows() -> None:
    """The portal is named as an object, and most of its fields are those of a further table."""
    async with in_workshop(Emulator([ORDERS]), {"FILEMAKER_DATABASE": "Orders"}) as assistant:
        products = await rows(assistant, "Products")
        lines = await rows(assistant, "Lines")
        await made(assistant, "edit_records", layout="Orders", ids=["1"], values={LINES: {"remove": ["1"]}})
        assert await rows(assistant, "Lines") == lines[1:]
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert [row[1:] for row in await rows(assistant, "Lines")] == [
            row[1:] for row in lines[1:] + lines[:1]
        ]
        assert await rows(assistant, "Products") == products

        added = {"Qty": 7, "Lines::SKU": "B"}
        for tool, arguments in (
            ("edit_records", {"ids": ["2"], "values": {LINES: {"add": [added]}}}),
            ("create_records", {"records": [{"No": "O3", LINES: {"add": [added]}}]}),
        ):
            before = await rows(assistant, "Lines")
            assert (await made(assistant, tool, layout="Orders", **arguments))["state"] == "done"
            assert len(await rows(assistant, "Lines")) == len(before) + 1
            assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
            assert await rows(assistant, "Lines") == before
        assert await rows(assistant, "Products") == products
