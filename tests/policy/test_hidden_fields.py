"""A hidden field is told by nothing: not by an answer, an order, a count, a refusal, a file or a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..assistant import said
from ..changes.workshop_host import in_workshop
from .attempts import CANARY, USUAL, Reach
from .office import (
    Row,
    everything_written,
    hosted,
    ruled,
    try_everything,
    without_chance,
)

pytestmark = pytest.mark.anyio

HIDDEN = ("Title", "Ref", "Code", "Customer", "Text")
RULES: dict[str, Any] = {
    "access": "delete",
    "confirm": "never",
    "approval": "client",
    "scripts": {},
    "hidden_fields": {"*": list(HIDDEN)},
}


def canaries(row: Row) -> Row:
    """Every hidden field of every record carries the canary."""
    if "Job ID" in row:
        return row | {"Text": f"{CANARY} {row['Text']}"}
    named = {name: f"{CANARY} {row['ID']} {name}" for name in ("Ref", "Title", "Code", "Customer")}
    return row | named


def others(row: Row) -> Row:
    """Other contents in another order, some of them alike."""
    if "Job ID" in row:
        return row | {"Text": "same"}
    backwards = {"J-001": "Zebra", "J-002": "Aardvark", "J-003": "Ada"}[row["ID"]]
    return row | {"Ref": "", "Title": backwards, "Code": backwards, "Customer": "Ada"}


async def test_what_hidden_fields_hold_makes_no_difference_to_anything_that_is_said(tmp_path: Path) -> None:
    """Hidden values are found by halves wherever they may be compared, sorted, counted, copied or validated against."""
    heard: list[Any] = []
    for place, secret in (("canaries", canaries), ("others", others)):
        folder = tmp_path / place
        emulator = hosted(folder, secret=secret)
        async with ruled(emulator, folder, RULES) as assistant:
            heard.append(
                [
                    (a, without_chance(f"{ok} {text}", folder))
                    for a, ok, text in await try_everything(assistant, reach=USUAL)
                ]
            )
        assert CANARY.encode() not in everything_written(folder)
    for (attempt, one), (_, other) in zip(*heard, strict=True):
        assert CANARY not in one, attempt
        if attempt.tool != "check_connection":
            assert one == other, attempt


async def test_where_nothing_is_hidden_the_same_attempts_tell_it(tmp_path: Path) -> None:
    open_to_all = {name: rule for name, rule in RULES.items() if name != "hidden_fields"}
    async with ruled(hosted(tmp_path, secret=canaries), tmp_path, open_to_all) as assistant:
        heard = await try_everything(assistant, reach=Reach.FIRST)
    assert {attempt.tool for attempt, _, text in heard if CANARY in text} >= {"find_records", "get_record"}
    assert CANARY.encode() in everything_written(tmp_path / "files")


JOBS = {"layout": "Jobs"}
COMPARING: dict[str, tuple[str, dict[str, Any]]] = {
    "where": ("find_records", JOBS | {"where": {"Code": {"gt": "K"}}}),
    "where, by its whole name": ("find_records", JOBS | {"where": {"Jobs::Code": "A"}}),
    "where, a repetition": ("find_records", JOBS | {"where": {"Code(1)": "A"}}),
    "where, in a portal": ("find_records", JOBS | {"where": {"Tasks::Text": "Cut"}}),
    "omit": ("find_records", JOBS | {"omit": {"Code": "A"}}),
    "beside another field": ("find_records", JOBS | {"where": {"Status": {"is": {"field": "Code"}}}}),
    "sort": ("find_records", JOBS | {"sort": ["Code"]}),
    "sort of a file": ("export_records", JOBS | {"file": "x", "fields": ["ID"], "sort": ["-Code"]}),
    "an exported column": ("export_records", JOBS | {"file": "x", "fields": ["Code"]}),
    "one record": ("get_record", JOBS | {"where": {"Code": "A"}}),
    "a summary's criteria": ("summarize_records", JOBS | {"where": {"Code": {"starts_with": "A"}}}),
    "a group": ("summarize_records", JOBS | {"group_by": ["Code"]}),
    "a label": ("summarize_records", JOBS | {"group_by": [{"field": "ID", "label": "Code"}]}),
    "the largest": ("summarize_records", JOBS | {"measures": [{"max": "Code"}]}),
    "the different ones": ("summarize_records", JOBS | {"measures": [{"distinct": "Code"}]}),
    "records to edit": ("edit_records", JOBS | {"where": {"Code": "A"}, "values": {"Hours": 1}}),
    "a copy into a field that is shown": (
        "edit_records",
        JOBS | {"ids": ["1"], "values": {"Ref": {"field": "Code"}}},
    ),
    "the key of a file": ("edit_records", JOBS | {"file": "jobs.csv", "key": "Code"}),
    "a value of its own": ("edit_records", JOBS | {"ids": ["1"], "values": {"Code": "B"}}),
    "what is appended to": ("edit_records", JOBS | {"ids": ["1"], "values": {"Code": {"append": "x"}}}),
    "a container": ("read_container", JOBS | {"id": "1", "field": "Sketch"}),
    "a script's parameter": ("run_script", {"script": "Stamp", "parameter": {"field": "Code"}}),
    "fields to show": ("find_records", JOBS | {"fields": ["Code"]}),
    "a field described": ("describe_layout", {"layouts": ["Jobs"], "fields": ["Code"]}),
}
"""Every way in which a field can be named."""
COUNTED = {
    "a group",
    "a label",
    "the different ones",
    "fields to show",
    "a field described",
    "an exported column",
}
"""Those that may speak of pseudonyms where the owner lets hidden fields be grouped and counted: equality, and nothing else."""


@pytest.mark.parametrize("counting", [False, True], ids=["hidden", "hidden but counted"])
async def test_no_way_of_naming_a_hidden_field_compares_or_tells_it(tmp_path: Path, counting: bool) -> None:
    (tmp_path / "jobs.csv").write_text("Code,Hours\nA,9\n", encoding="utf-8")
    environment = {
        "FILEMAKER_HIDDEN_FIELDS": '["Code", "Sketch", "Text"]',
        "FILEMAKER_COUNT_HIDDEN_FIELDS": str(counting).lower(),
        "FILEMAKER_FILES_FOLDER": str(tmp_path),
        "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "reads", "layout": "Jobs"}}',
    }
    async with in_workshop(hosted(tmp_path, secret=canaries), environment) as assistant:
        found_set = (await assistant.ask("find_records", layout="Jobs"))["found_set"]
        before = assistant.emulator.digest()
        for what, (tool, arguments) in COMPARING.items():
            handle = {"found_set": found_set} if tool == "run_script" else {}
            answer = await assistant.call(tool, **arguments, **handle)
            assert f"{CANARY} J" not in said(answer), what
            if not (counting and what in COUNTED) and tool != "describe_layout":
                assert answer.is_error, (what, said(answer))
        assert assistant.emulator.digest() == before
        assert not assistant.emulator.scripts_run
        assert f"{CANARY} J".encode() not in everything_written(tmp_path)


async def test_counted_hidden_fields_are_grouped_by_pseudonyms_that_hold(tmp_path: Path) -> None:
    environment = {"FILEMAKER_HIDDEN_FIELDS": '["Customer"]', "FILEMAKER_COUNT_HIDDEN_FIELDS": "true"}
    async with in_workshop(environment=environment) as assistant:
        grouped = await assistant.ask("summarize_records", layout="Jobs", group_by=["Customer"])
        assert sorted(row[1] for row in grouped["rows"]) == [1, 2]
        assert all(str(row[0]).startswith("hidden-") for row in grouped["rows"])
        shown = await assistant.ask("find_records", layout="Jobs", fields=["Customer"])
        assert {row[1] for row in shown["rows"]} == {row[0] for row in grouped["rows"]}
