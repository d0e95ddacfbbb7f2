"""With a scope set and nothing opened, no byte of a record out of scope appears in any answer, whatever is asked."""

from __future__ import annotations

import csv
import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.tools import TOOLS

from ..assistant import Assistant, said
from ..changes.shop import FOLDER, applied, in_workshop, job, planned

pytestmark = pytest.mark.anyio

CANARY = "kanarienvogel"
ASKED = CANARY.upper()
"""Criteria come back as they were understood; a find overlooks case, so what is asked is told from what is stored."""
SCOPE = '{"Jobs": {"where": {"Customer": "Ada"}, "key": "ID"}}'
SCOPED = {"FILEMAKER_SCOPE": SCOPE, "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "reads"}}'}


def with_canaries(folder: Path) -> Emulator:
    """Everything about customers other than Ada carries the canary, in every field that can hold it."""
    solution = folder / "workshop"
    shutil.copytree(FOLDER, solution)
    jobs = solution / "data" / "Jobs.csv"
    with jobs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["Customer"] != "Ada":
            row |= {name: f"{CANARY} {name}" for name in ("Ref", "Title", "Code")}
            row["Customer"] = f"{CANARY} Bo"
    with jobs.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with (solution / "data" / "Tasks.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["J-002", f"{CANARY} task", 999])
    return Emulator([solution])


CRITERIA: tuple[Any, ...] = (
    None,
    {},
    {"Title": {"raw": "*"}},
    {"Title": {"contains": ASKED}},
    {"Title": {"words": ASKED[:6]}},
    {"Customer": {"raw": "*"}},
    {"Customer": {"not": "Ada"}},
    {"Customer": f"{ASKED} BO"},
    {"customer": {"starts_with": "k"}},
    [{"Customer": "Ada"}, {"Title": {"raw": "*"}}],
    [{"Title": "Mend the sail"}, {"Hours": {"gt": 0}}],
    {"Hours": {"gt": 0}},
    {"Title": {"not": "Mend the sail"}},
    {"Title": {"duplicate": True}},
    {"Tasks::Text": {"contains": ASKED}},
    {"text": {"contains": ASKED}},
    {"ID": {"any_of": ["J-001", "J-002"]}},
)
SAID: dict[str, tuple[Any, ...]] = {
    "layout": ("Jobs", "Tasks", "Brief"),
    "layouts": (["Jobs"], ["Tasks", "Brief"]),
    "where": CRITERIA,
    "omit": (None, {"Customer": "Ada"}, {"Title": "Mend the sail"}),
    "id": ("1", "2", "3"),
    "ids": (["1"], ["2"], ["1", "2"]),
    "copy_of": (["2"],),
    "records": ([{"Title": "x", "Customer": f"{ASKED} BO"}], [{"Title": "x"}]),
    "values": (
        {"Customer": f"{ASKED} BO"},
        {"Ref": {"field": "Title"}},
        {"Tasks": {"edit": [{"id": "3", "Text": "x"}]}},
    ),
    "fields": (None, ["Title", "Customer", "Total"], ["Tasks::Text"], ["Jobs::Title"]),
    "portals": ([], ["Tasks"]),
    "sort": ([], ["-Title"], ["Customer"]),
    "field": ("Sketch",),
    "group_by": ([], ["Customer"], ["Title"]),
    "script": ("Stamp",),
    "max_records": (100,),
    "names": (None,),
}


def asked_of(tool: Any) -> list[dict[str, Any]]:
    known = [name for name in tool.input_schema["properties"] if name in SAID]
    combined = [
        dict(zip(known, values, strict=True)) for values in itertools.product(*(SAID[name] for name in known))
    ]
    step = max(1, len(combined) // 120)
    return combined[::step]


@pytest.mark.parametrize("tool", [declaration.name for declaration in TOOLS])
async def test_no_byte_out_of_scope_appears_in_any_answer(tool: str, tmp_path: Path) -> None:
    environment = SCOPED | {"FILEMAKER_FILES_FOLDER": str(tmp_path)}
    async with in_workshop(with_canaries(tmp_path), environment) as assistant:
        offered = {each.name: each for each in (await assistant.client.list_tools()).tools}
        if tool not in offered:
            assert tool in ("list_scripts", "run_script", "check_job"), (
                "scripts are closed where a scope is set"
            )
            return
        for arguments in asked_of(offered[tool]):
            answer = await assistant.call(tool, **arguments)
            assert CANARY not in said(answer), (arguments, said(answer))
        _untouched(assistant)


def _untouched(assistant: Assistant) -> None:
    """Out of scope, nothing was written either."""
    row = assistant.emulator.record("Workshop", "Jobs", 2)
    assert row is not None
    assert (row.mod_id, row.values["Title"]) == (0, (f"{CANARY} Title",))


async def test_without_a_scope_the_canary_sings(tmp_path: Path) -> None:
    async with in_workshop(with_canaries(tmp_path)) as assistant:
        assert CANARY in said(await assistant.call("find_records", layout="Jobs"))
        assert CANARY in said(await assistant.call("get_record", layout="Jobs", id="2"))


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
            plan = await planned(assistant, tool, layout="Jobs", **arguments)
            outcome = await applied(assistant, plan)
            assert outcome["state"] == "refused"
            assert "limits this assistant" in outcome["details"][0]["why"]


async def test_what_the_owner_opens_is_open(tmp_path: Path) -> None:
    opened = '{"Jobs": {"where": {"Customer": "Ada"}, "key": "ID", "portals": ["Tasks"], "totals": true}}'
    async with in_workshop(with_canaries(tmp_path), {"FILEMAKER_SCOPE": opened}) as assistant:
        record = await assistant.ask("get_record", layout="Jobs", id="1")
        assert record["portals"]["Tasks"]["found"] == 2
