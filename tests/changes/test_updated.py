"""What an earlier version of the program has stored stays readable, undoable and applicable after an update."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .applying.fault_matrix import texts
from .applying.faults import Scene
from .earlier_version import as_plain_text
from .workshop_host import applied, made, own_seal, planned

pytestmark = pytest.mark.anyio


def stored_by_an_earlier_version(path: Path) -> None:
    """Steps and items without each field that has its default, as if that field had not existed yet; and the digest over
    what is stored then."""
    as_plain_text(path, own_seal())
    with closing(sqlite3.connect(path)) as file, file:
        file.row_factory = sqlite3.Row
        for plan in file.execute("SELECT * FROM plan").fetchall():
            steps: list[dict[str, Any]] = []
            for step in file.execute(
                "SELECT * FROM step WHERE plan = ? ORDER BY number", (plan["id"],)
            ).fetchall():
                body, items = short(step["body"]), list[dict[str, Any]]()
                here = (plan["id"], step["number"])
                file.execute(
                    "UPDATE step SET body = ? WHERE plan = ? AND number = ?", (canonical(body), *here)
                )
                for item in file.execute(
                    "SELECT * FROM item WHERE plan = ? AND step = ? ORDER BY number", here
                ).fetchall():
                    items.append(short(item["body"]))
                    file.execute(
                        "UPDATE item SET body = ? WHERE plan = ? AND step = ? AND number = ?",
                        (canonical(items[-1]), *here, item["number"]),
                    )
                steps.append({**body, "items": items})
            digest = hashlib.sha256(canonical([plan["database"], plan["caller"], steps]).encode()).hexdigest()
            file.execute("UPDATE plan SET digest = ?, seal = '' WHERE id = ?", (digest, plan["id"]))


def short(body: str) -> dict[str, Any]:
    return {
        name: value
        for name, value in json.loads(body).items()
        if value or name in ("kind", "layout", "items")
    }


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


async def test_a_stored_plan_is_read_applied_and_taken_back_after_an_update(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    rows = {"Tasks": {"add": [{"Text": "Whip"}], "edit": [{"id": "1", "Minutes": 7}]}}
    async with scene.process() as assistant:
        gone = await made(assistant, "delete_records", layout="Jobs", ids=["3"])
        edit = await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Rate": "9.50", **rows}
        )
        plan = await planned(
            assistant, "create_records", layout="Jobs", records=[{"Title": "Once", "Hours": 0}]
        )
    stored_by_an_earlier_version(scene.state)
    async with scene.process() as assistant:
        listed = [each["change_id"] for each in (await assistant.ask("list_changes"))["changes"]]
        assert listed == [each["change_id"] for each in (plan, edit, gone)]
        assert (await applied(assistant, plan))["state"] == "done"
        for change in (plan, edit, gone):
            back = await assistant.ask("undo_change", change_id=change["change_id"])
            assert (await applied(assistant, back))["state"] == "done", back
    assert texts(scene.emulator, "Jobs", "Title") == ["Mend the sail", "Paint the hull", "New rope"]


async def test_a_stored_plan_that_was_altered_is_not_carried_out(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": "Mend it"})
    as_plain_text(scene.state, own_seal())
    with closing(sqlite3.connect(scene.state)) as file, file:
        file.execute("UPDATE item SET body = replace(body, 'Mend it', 'Sink it')")
    async with scene.process() as assistant:
        said = await assistant.refused("apply_change", change_id=plan["change_id"])
        assert "not the one that was made" in said
    assert texts(scene.emulator, "Jobs", "Title")[0] == "Mend the sail"
