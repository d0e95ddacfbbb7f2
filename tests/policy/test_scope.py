"""With a scope set and nothing opened, no byte of a record out of scope appears in any answer, whatever is asked."""

from __future__ import annotations

import json
import logging
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import said
from ..changes.workshop_host import applied, in_workshop, job, planned
from .attempts import ASKED, CANARY, USUAL, Reach, facts
from .office import CLOSED, Row, everything_written, hosted, ruled, try_everything, without_chance

pytestmark = pytest.mark.anyio

WRITABLE = ["Title", "Ref", "Hours", "Status", "Code", "Sketch"]
RULE = {"where": {"Customer": "Ada"}, "key": "ID", "writable": WRITABLE}
SCOPED = {"FILEMAKER_SCOPE": json.dumps({"Jobs": RULE})}
RULES = {
    "access": "delete",
    "confirm": "never",
    "approval": "person",
    "scripts": {"Stamp": {"effect": "reads"}},
    "scope": {"Jobs": RULE},
}


def canaries(row: Row) -> Row:
    """Everything about customers other than Ada carries the canary, in every field that can hold it."""
    if "Job ID" in row:
        return row | {"Text": f"{CANARY} task", "Minutes": "999"} if row["Job ID"] == "J-002" else row
    said = {name: f"{CANARY} {name}" for name in ("Ref", "Title", "Code")} | {"Customer": f"{CANARY} Bo"}
    return row if row["Customer"] == "Ada" else row | said


def others(row: Row) -> Row:
    """The same without canaries: other words, other figures, another state, and under the scope's own value in capitals, which the
    host's find and its counts take for it."""
    if "Job ID" in row:
        return row | {"Text": "Aardvark", "Minutes": "1"} if row["Job ID"] == "J-002" else row
    said = {
        "Ref": "",
        "Title": "New rope",
        "Code": "Aa",
        "Customer": "ADA",
        "Hours": "9999",
        "Due": "01/01/2020",
    }
    return row if row["Customer"] == "Ada" else row | said | {"Status": "Open"}


def with_canaries(folder: Path) -> Emulator:
    return hosted(folder, secret=canaries)


class Reader:
    """A person who reads every page and agrees to nothing."""

    def __init__(self) -> None:
        self.pages: list[str] = []

    def __call__(self, address: str) -> bool:
        with urllib.request.urlopen(address) as page:
            self.pages.append(page.read().decode())
        return False


async def test_no_byte_out_of_scope_appears_in_an_answer_a_file_a_page_or_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers are refusals, near matches, value lists, summaries, plans and differences as well."""
    caplog.set_level(logging.DEBUG)
    emulator, reader = with_canaries(tmp_path), Reader()
    async with ruled(emulator, tmp_path, RULES, open_browser=reader) as assistant:
        heard = await try_everything(assistant, reach=USUAL)
        for attempt, _, answer in heard:
            assert CANARY not in answer, (attempt, answer)
        row = emulator.record(CLOSED, "Jobs", 2)
        assert row is not None
        assert (row.mod_id, row.values["Title"]) == (0, (f"{CANARY} Title",)), (
            "nothing was written there either"
        )
    assert reader.pages
    assert not [page for page in reader.pages if CANARY in page]
    assert CANARY not in caplog.text
    assert CANARY.encode() not in everything_written(tmp_path)
    assert not emulator.scripts_run, "a script that the owner does not vouch for"
    assert {attempt.tool for attempt, answered, _ in heard if answered} > {
        "summarize_records",
        "export_records",
    }
    elsewhere = tmp_path / "elsewhere"
    async with ruled(hosted(elsewhere, secret=others), elsewhere, RULES, open_browser=Reader()) as assistant:
        again = await try_everything(assistant, reach=USUAL)
    for (attempt, *one), (_, *other) in zip(heard, again, strict=True):
        if attempt.tool == "check_connection":  # it tells how fast the host is
            continue
        assert without_chance(str(one), tmp_path) == without_chance(str(other), elsewhere), attempt


async def test_without_a_scope_the_canary_sings(tmp_path: Path) -> None:
    """What is looked through above is where it would be."""
    emulator, reader = with_canaries(tmp_path), Reader()
    open_to_all = {name: rule for name, rule in RULES.items() if name != "scope"}
    async with ruled(emulator, tmp_path, open_to_all, open_browser=reader) as assistant:
        heard = await try_everything(assistant, reach=Reach.FIRST)
    loud = {attempt.tool for attempt, _, answer in heard if CANARY in answer}
    assert loud >= {"find_records", "edit_records", "delete_records"}
    assert CANARY.encode() in everything_written(tmp_path / "files")
    assert CANARY.encode() in everything_written(tmp_path)
    assert any(CANARY in page for page in reader.pages)


@pytest.mark.parametrize(
    ("where", "omit"),
    [
        ({"Customer": {"raw": "*"}}, None),
        ({"Customer": {"not": "Ada"}}, None),
        ({"Customer": {"any_of": ["Ada", f"{ASKED} BO"]}}, None),
        ({"customer": {"starts_with": "k"}}, None),
        ({"Customer": {"empty": True}}, None),
        ({"Customer": {"gte": {"field": "Title"}}}, None),
        ([{"Customer": "Ada"}, {"Title": {"raw": "*"}}], None),
        ([{"Hours": 1}, {"Hours": {"raw": "*"}}], None),
        (None, {"Title": "Mend the sail"}),
        (None, {"Customer": "Ada"}),
        ({"Title": {"duplicate": True}}, None),
        ({"text": {"contains": ASKED}}, None),
        ({"Title": {"contains": ASKED}}, None),
        (None, None),
    ],
    ids=str,
)
async def test_criteria_cannot_widen_a_scope(tmp_path: Path, where: Any, omit: Any) -> None:
    """Neither what is found nor how many: a count is an answer to "is there one?" too."""
    criteria = {name: value for name, value in {"where": where, "omit": omit}.items() if value is not None}
    async with in_workshop(with_canaries(tmp_path), SCOPED) as assistant:
        found = await assistant.call("find_records", layout="Jobs", fields=["ID"], **criteria)
        counted = await assistant.call("summarize_records", layout="Jobs", measures=["count"], **criteria)
        rows = facts(found).get("rows", [])
        assert {row[1] for row in rows} <= {"J-001", "J-003"}
        if not counted.is_error:
            assert facts(counted)["found"] == len(rows), said(counted)
        if found.is_error:
            assert "the owner limits this assistant" in said(found).lower()


async def test_records_in_scope_are_found_read_and_changed_as_ever(tmp_path: Path) -> None:
    async with in_workshop(with_canaries(tmp_path), SCOPED) as assistant:
        found = await assistant.ask("find_records", layout="Jobs", fields=["Title"])
        assert [row[1] for row in found["rows"]] == ["Mend the sail", "New rope"]
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        assert (await applied(assistant, plan))["state"] == "done"
        assert (await job(assistant, "1"))["Hours"] == 6
        new = await planned(assistant, "create_records", layout="Jobs", records=[{"Title": "Splice"}])
        done = await applied(assistant, new)
        assert (await job(assistant, done["created"][0]))["Customer"] == "Ada"


async def test_what_is_out_of_scope_looks_like_what_does_not_exist(tmp_path: Path) -> None:
    async with in_workshop(with_canaries(tmp_path), SCOPED) as assistant:
        there = await assistant.refused("get_record", layout="Jobs", id="2")
        nowhere = await assistant.refused("get_record", layout="Jobs", id="99")
        assert there.replace("2", "99", 1) == nowhere


async def test_a_record_cannot_be_moved_out_of_scope_nor_made_outside(tmp_path: Path) -> None:
    async with in_workshop(with_canaries(tmp_path), SCOPED) as assistant:
        for tool, arguments in (
            ("edit_records", {"ids": ["1"], "values": {"Customer": "Bo"}}),
            ("create_records", {"records": [{"Title": "x", "Customer": "Bo"}]}),
        ):
            refused = await assistant.refused(tool, layout="Jobs", **arguments)
            assert "limits this assistant" in refused


async def test_what_the_owner_opens_is_open(tmp_path: Path) -> None:
    opened = json.dumps({"Jobs": RULE | {"portals": ["Tasks"], "totals": True}})
    async with in_workshop(with_canaries(tmp_path), {"FILEMAKER_SCOPE": opened}) as assistant:
        record = await assistant.ask("get_record", layout="Jobs", id="1")
        assert record["portals"]["Tasks"]["found"] == 2
