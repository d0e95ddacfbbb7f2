"""New, returning and lost: who came for the first time in a period, came again, or stayed away, in one call."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from filemaker_mcp.server.app.sample_server import sample_folder
from filemaker_mcp.server.query.summary import gatherer

from ..assistant import Assistant, assisted

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def assistant() -> AsyncGenerator[Assistant]:
    async with assisted() as found:
        yield found


@pytest.fixture(scope="module")
async def every(assistant: Assistant) -> str:
    """A found set of all invoices, read once."""
    return str((await assistant.ask("summarize_records", layout="Invoices"))["found_set"])


MEASURES: list[object] = [
    {"new": "Customer ID"},
    "returning Customer ID",
    {"lost": "Customer ID", "as": "gone"},
]


def expected(status: str | None = None) -> dict[str, list[int]]:
    """By month, from the file that the solution is loaded from."""
    months: defaultdict[str, set[str]] = defaultdict(set)
    with (sample_folder() / "data" / "Invoices.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if status in (None, row["Status"]):
                months[row["Date"][:7]].add(row["Customer ID"])
    seen, before, found = set[str](), set[str](), dict[str, list[int]]()
    for month, own in sorted(months.items()):
        found[month] = [len(own - seen), len(own & seen), len(before - own)]
        seen, before = seen | own, own
    return found


async def by_month(assistant: Assistant, every: str, *more: object, **question: Any) -> dict[str, Any]:
    groups = [{"field": "Date", "by": "month"}, *more]
    return await assistant.ask(
        "summarize_records", found_set=every, group_by=groups, measures=MEASURES, top=500, **question
    )


@pytest.mark.parametrize("in_memory", [gatherer.IN_MEMORY, 200])
async def test_customers_by_the_month_of_their_first_order_and_who_came_again_or_not(
    assistant: Assistant, every: str, in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same in memory and beyond it."""
    monkeypatch.setattr(gatherer.Gatherer.__init__, "__kwdefaults__", {"in_memory": in_memory})
    answer = await by_month(assistant, every)
    assert answer["columns"] == ["Date (month)", "new Customer ID", "returning Customer ID", "gone"]
    assert {row[0]: row[1:] for row in answer["rows"]} == expected()
    assert "new is new among these records" in str(answer["remarks"])
    both = await by_month(assistant, every, "Status")
    for status in ("Paid", "Sent"):
        own = {row[0]: row[2:] for row in both["rows"] if row[1] == status}
        assert own == expected(status), "each combination of the other groups runs by itself"
    few = await by_month(assistant, every, having={"new Customer ID": {"gte": 20}}, sort=["-gone"])
    assert {row[0] for row in few["rows"]} == {month for month, own in expected().items() if own[0] >= 20}


async def test_criteria_on_the_date_and_compare_are_said_to_make_everybody_new(
    assistant: Assistant, every: str
) -> None:
    answer = await by_month(assistant, every, where={"Date": "this_year"})
    assert 'use having {"Date (month)": {"gte": ...}} instead' in str(answer["remarks"])
    rows = await by_month(assistant, every, having={"Date (month)": {"gte": "2026-01"}})
    assert {row[0]: row[1:] for row in rows["rows"]} == {
        month: own for month, own in expected().items() if month >= "2026-01"
    }
    refusal = await assistant.refused(
        "summarize_records",
        layout="Invoices",
        where={"Date": "2025"},
        group_by=[{"field": "Date", "by": "month"}],
        measures=MEASURES,
        compare="previous_year",
    )
    assert "Leave out compare" in refusal


async def test_who_is_new_needs_periods_and_a_field(assistant: Assistant, every: str) -> None:
    refusal = await assistant.refused(
        "summarize_records", layout="Invoices", group_by=["Status"], measures=MEASURES
    )
    assert '"by": "month"' in refusal
    refusal = await assistant.refused("summarize_records", layout="Invoices", measures=[{"new": 3}])
    assert "takes a field" in refusal
    moving = await assistant.ask(
        "summarize_records",
        found_set=every,
        group_by=[{"field": "Date", "by": "month"}],
        measures=[{"moving": "count", "periods": 2}],
    )
    assert [row[1] is None for row in moving["rows"]][:2] == [True, False], "also of a small table"
