"""The reference's examples of finding, asked of the host as any client asks it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.model import Field, FieldType
from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code, host, rows
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
Japanese = { index_language = "Japanese" }
[layouts.Things]
occurrence = "Things"
fields = ["Number", "Date", "Time", "Stamp", "English", "French", "Default", "Unicode", "Japanese"]
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


async def test_dates_in_criteria_may_have_points_dashes_or_blanks() -> None:
    """`"birthday": "1.1.2001"` found its record on a live host (24u, section 8.2)."""
    async with club() as client:
        await client.edit("Members", "1", {"Joined": "1/1/2001", "Stamp": "1/1/2001 10:30:00"})
        for field in ("Joined", "Stamp"):
            for text in ("1.1.2001", "1-1-2001", "01 01 2001", "1.1.2001...2.1.2001", "1.2001", "1.*.2001"):
                found = rows(await client.find("Members", {field: text}))
                assert [each["recordId"] for each in found] == ["1"], (field, text)
        found = rows(await client.find("Members", {"Stamp": "1 1 2001 10:30"}))
        assert [each["recordId"] for each in found] == ["1"]
        for text in ("31.1.2001", "1.1.2001.", "2001-01-01"):
            assert code(await client.find("Members", {"Joined": text})) == "500"


async def test_a_range_without_an_end_is_508_unless_it_is_open() -> None:
    async with club() as client:
        for text in ("1...", "...50", "..."):
            assert code(await client.find("Members", {"Score": text})) == "508"
    async with club(switches=Switches(open_range="open")) as client:
        scores = [
            [each["fieldData"]["Score"] for each in rows(await client.find("Members", {"Score": text}))]
            for text in ("20...", "...20", ">=20", "<=20")
        ]
        assert scores[:2] == scores[2:]
        assert scores[0] != scores[1]
        assert code(await client.find("Members", {"Score": "..."})) == "508"
        assert code(await client.find("Members", {"Name": "==Ada..."})) == "401"


async def test_text_in_a_date_field_is_there_and_found_by_a_question_mark(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "Old.csv").write_text(
        'Key,Day,Hour,Stamp\n1,2020-03-12,08:00:00,2020-03-12 08:00:00\n2,"soon\nperhaps",noon,yesterday\n3,,,\n',
        "utf-8",
    )
    (tmp_path / "old.toml").write_text(
        """name = "Old"
layouts.Old = { occurrence = "Old", fields = ["Key", "Day", "Hour", "Stamp"] }
privilege_sets.Full = { full_access = true, extended = ["fmrest"] }
accounts = [{ name = "a", privilege_set = "Full" }]
[tables.Old.fields]
Key = {}
Day = { type = "date" }
Hour = { type = "time" }
Stamp = { type = "timestamp" }
""",
        "utf-8",
    )
    async with host(tmp_path, database="Old") as client:
        client.emulator.load()
        await client.log_in("a", "")
        for field, text in (("Day", "soon\rperhaps"), ("Hour", "noon"), ("Stamp", "yesterday")):
            [found] = rows(await client.find("Old", {field: "?"}))
            assert (found["recordId"], found["fieldData"][field]) == ("2", text)
            assert [each["recordId"] for each in rows(await client.find("Old", {field: "="}))] == ["3"]
        assert (await client.get("Old", "2", dateformats="2"))["fieldData"]["Day"] == "soon\rperhaps"
        assert code(await client.edit("Old", "1", {"Day": "soon"})) == "500"
