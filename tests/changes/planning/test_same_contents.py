"""A second identical payment is pointed out, by whichever way the first and the second are made."""

from __future__ import annotations

from typing import Any

import pytest

from ...assistant import Assistant
from ..books_host import column, in_books
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio
ROW = {"Amount": 75, "Day": "2026-04-02"}
WHOLE = {"Invoice Number": "R-2", **ROW}
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "on its own layout": ("create_records", {"layout": "Payments", "records": [WHOLE]}),
    "on its own layout with one more field": (
        "create_records",
        {"layout": "Payments", "records": [{**WHOLE, "Remark": "again"}]},
    ),
    "as a portal row": (
        "edit_records",
        {"layout": "Invoices", "ids": ["2"], "values": {"Payments": {"add": [ROW]}}},
    ),
    "as one row of each invoice": (
        "edit_records",
        {"layout": "Invoices", "ids": ["2", "3"], "values": {"Payments": {"add": [ROW]}}},
    ),
}


def told(plan: dict[str, Any]) -> bool:
    return "with the same contents are there already" in str(plan.get("warnings", ""))


@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", WAYS)
async def test_the_second_payment_is_pointed_out(first: str, second: str) -> None:
    async with in_books() as assistant:
        tool, arguments = WAYS[first]
        plan = await planned(assistant, tool, **arguments)
        assert not told(plan)
        await applied(assistant, plan)
        tool, arguments = WAYS[second]
        again = await planned(assistant, tool, **arguments, repeat=True)
        assert told(again)
        assert (await applied(assistant, again))["state"] == "done", "it is pointed out, and not refused"


@pytest.mark.parametrize(
    "other",
    [
        {"Amount": 76, "Day": "2026-04-02"},
        {"Amount": 75, "Day": "2026-04-03"},
        {"Amount": 75},
        {"Day": "2026-04-02", "Amount": ""},
    ],
)
async def test_another_payment_is_not(other: dict[str, Any]) -> None:
    async with in_books() as assistant:
        await made(assistant, "create_records", layout="Payments", records=[WHOLE])
        for number in ("R-2", "R-3"):
            if "Day" in other and other.get("Amount"):
                new = {"Invoice Number": number, **other}
                assert not told(await planned(assistant, "create_records", layout="Payments", records=[new]))
        values = {"Payments": {"add": [other]}}
        if "Day" in other and other.get("Amount"):
            assert not told(
                await planned(assistant, "edit_records", layout="Invoices", ids=["2"], values=values)
            )
        assert not told(await planned(assistant, "edit_records", layout="Invoices", ids=["3"], values=values))


async def test_two_that_are_the_same_in_one_request_are_pointed_out() -> None:
    async with in_books() as assistant:
        assert told(await planned(assistant, "create_records", layout="Payments", records=[WHOLE, {**WHOLE}]))
        values = {"Payments": {"add": [ROW, ROW]}}
        assert told(await planned(assistant, "edit_records", layout="Invoices", ids=["2"], values=values))


async def payments(assistant: Assistant) -> int:
    return len(await column(assistant, "Payments", "Amount"))


async def test_an_owner_who_wants_no_second_call_is_shown_the_plan_of_a_second_payment() -> None:
    async with in_books(None, {"FILEMAKER_CONFIRM": "never"}) as assistant:
        new = {"layout": "Payments", "records": [WHOLE]}
        assert (await assistant.ask("create_records", **new))["state"] == "done"
        before = await payments(assistant)
        plan = await assistant.ask("create_records", **new, repeat=True)
        assert plan["state"] == "planned"
        assert told(plan)
        assert await payments(assistant) == before
