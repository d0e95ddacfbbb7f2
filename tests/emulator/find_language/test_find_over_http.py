"""The reference's examples of finding, asked of the host as any client asks it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.model import Field, FieldType

from ..emulated_host import Client, code, host, rows
from .test_find_examples import EXAMPLES

pytestmark = pytest.mark.anyio

DEFINITION = """
name = "Finds"
[tables.Things.fields]
Number = { type = "number" }
Date = { type = "date" }
Time = { type = "time" }
Stamp = { type = "timestamp" }
English = {}
French = { index_language = "French" }
Default = { index_language = "Default" }
Unicode = { index_language = "Unicode" }
[layouts.Things]
occurrence = "Things"
fields = ["Number", "Date", "Time", "Stamp", "English", "French", "Default", "Unicode"]
[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "all"
[privilege_sets.all]
full_access = true
extended = ["fmrest"]
"""


@asynccontextmanager
async def things(folder: Path, field: str, values: list[str]) -> AsyncGenerator[Client]:
    """A host whose records hold one value each."""
    (folder / "finds.toml").write_text(DEFINITION, encoding="utf-8")
    async with host(folder, database="Finds") as client:
        assert code(await client.log_in()) == "0"
        for value in values:
            assert code(await client.create("Things", {field: value})) == "0"
        yield client


async def found(client: Client, *query: dict[str, str], **body: object) -> list[int]:
    """The records, by the order in which they were created; none for error 401."""
    response = await client.find("Things", *query, **body)
    if code(response) == "401":
        return []
    assert code(response) == "0", response.text
    return [int(row["recordId"]) - 1 for row in rows(response)]


def can_be_written(field: Field, value: str) -> bool:
    """Text that is no date is refused by a date field, so such examples stay with the store."""
    return field.type in (FieldType.TEXT, FieldType.NUMBER) or (
        value[:1].isdigit() and not value.startswith("13/")
    )


@pytest.mark.parametrize(
    ("criterion", "field", "hits", "misses"),
    [example for example in EXAMPLES if example[0] != "//"],  # the host's clock has another today
)
async def test_a_find_request_answers_what_the_reference_says(
    criterion: str, field: Field, hits: list[str], misses: list[str], tmp_path: Path
) -> None:
    name = field.index_language if field.type is FieldType.TEXT else field.name
    hits, misses = ([value for value in values if can_be_written(field, value)] for values in (hits, misses))
    async with things(tmp_path, name, hits + misses) as client:
        assert await found(client, {name: criterion}) == list(range(len(hits)))
        if misses:
            others = list(range(len(hits), len(hits) + len(misses)))
            assert await found(client, {name: criterion, "omit": "true"}) == others


async def test_requests_are_carried_out_in_their_order(tmp_path: Path) -> None:
    async with things(tmp_path, "Number", ["1", "2", "3", "4"]) as client:
        low, two, high = {"Number": "<3"}, {"Number": "2"}, {"Number": "4"}
        assert await found(client, low, {**two, "omit": "true"}) == [0]
        assert await found(client, {**two, "omit": "true"}, two) == [0, 1, 2, 3]
        assert await found(client, low, high) == [0, 1, 3]
        assert await found(client, low, {**two, "omit": "true"}, two) == [0, 1]


async def test_iso_dates_in_criteria_follow_dateformats(tmp_path: Path) -> None:
    async with things(tmp_path, "Date", ["07/04/2014", "07/05/2014"]) as client:
        assert await found(client, {"Date": "2014-07-04"}, dateformats=2) == [0]
        assert await found(client, {"Date": "2014-07-04...2014-07-05"}, dateformats=2) == [0, 1]
        assert code(await client.find("Things", {"Date": "2014-07-04"})) == "500"


@pytest.mark.parametrize(
    ("field", "criterion", "refusal"),
    [
        ("Date", "soon", "500"),
        ("Stamp", "99/99/2014", "500"),
        ("Time", "soon", "501"),
        ("Number", "abc", "508"),
    ],
)
async def test_a_criterion_that_cannot_be_meant_is_refused(
    field: str, criterion: str, refusal: str, tmp_path: Path
) -> None:
    async with things(tmp_path, field, []) as client:
        response = await client.find("Things", {field: criterion})
        assert (response.status_code, code(response)) == (500, refusal)
