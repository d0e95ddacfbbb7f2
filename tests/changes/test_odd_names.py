"""Fields whose names look like what the program itself writes: each is planned, told, carried out and taken back like any other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from .workshop_host import FOLDER, applied, in_workshop, job, planned

pytestmark = pytest.mark.anyio

NAMES = {"Ref": "$number", "Code": "$say", "Customer": "100 %(x)s %"}


def oddly_named(folder: Path) -> Emulator:
    """The workshop with other names for these fields."""
    solution = folder / "solution"
    shutil.copytree(FOLDER, solution)
    text = (solution / "workshop.toml").read_text(encoding="utf-8")
    for old, new in NAMES.items():
        text = text.replace(f"\n{old} = ", f"\n{json.dumps(new)} = ").replace(f'"{old}"', json.dumps(new))
    (solution / "workshop.toml").write_text(text, encoding="utf-8")
    jobs = solution / "data" / "Jobs.csv"
    head, rest = jobs.read_text(encoding="utf-8").split("\n", 1)
    jobs.write_text(
        "\n".join([",".join(NAMES.get(each, each) for each in head.split(",")), rest]), encoding="utf-8"
    )
    return Emulator([solution])


async def test_a_field_may_be_named_like_a_mark_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)  # what a job came to is kept too
    async with in_workshop(oddly_named(tmp_path)) as assistant:
        before = await job(assistant, "1")
        for name, value in zip(NAMES.values(), ("5", "a %(x)s", "%s"), strict=True):
            where = {"ID": "J-001", name: before[name]}
            plan = await planned(assistant, "edit_records", layout="Jobs", where=where, values={name: value})
            assert plan["changes"][0]["fields"] == {name: [before[name], value]}
            assert (await applied(assistant, plan))["state"] == "done"
            assert (await job(assistant, "1"))[name] == value
            told = await assistant.ask("list_changes", change_id=plan["change_id"])
            assert told["changes"] == plan["changes"]
            back = await planned(assistant, "undo_change", change_id=plan["change_id"])
            assert (await applied(assistant, back))["state"] == "done"
            assert (await job(assistant, "1"))[name] == before[name]
