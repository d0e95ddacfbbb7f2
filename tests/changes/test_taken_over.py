"""A state file of an earlier version is taken over, one way, with a copy of what it was; what it tells stays true."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.state.migrations import MIGRATIONS
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from .applying.fault_matrix import texts
from .applying.faults import Scene
from .earlier_version import as_plain_text, without_what_came_later
from .workshop_host import applied, command, made, own_seal, planned

pytestmark = pytest.mark.anyio

FIRST = 4
"""The form of the records before plans were sealed and each database had its own chain."""
MANY = 1_000
CHAINED = (
    "at",
    "database",
    "caller",
    "client",
    "plan",
    "step",
    "item",
    "event",
    "facts",
    "image",
    "previous",
)


def as_of_before(path: Path) -> None:
    """The file as the first version would have written it: its tables, and one chain of plain digests."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        without_what_came_later(file, FIRST)
        names = (
            "at",
            "database",
            "caller",
            "client",
            "plan",
            "step",
            "item",
            "event",
            "facts",
            "image",
            "runner",
        )
        database = file.execute("SELECT database FROM journal LIMIT 1").fetchone()[0]
        file.execute("BEGIN")
        for number in range(MANY):
            values = (1.5, database, "ada", "", "", 0, 0, "refused", json.dumps({"n": number}), "", "")
            file.execute(
                f"INSERT INTO journal ({', '.join(names)}, previous, digest) VALUES ({', '.join('?' * 11)}, '', '')",
                values,
            )
        previous = "0" * 64
        for row in file.execute("SELECT * FROM journal ORDER BY number").fetchall():
            image = file.execute("SELECT content FROM image WHERE number = ?", (row["number"],)).fetchone()
            entry = {**row, "previous": previous}
            entry["image"] = hashlib.sha256(image["content"].encode()).hexdigest() if image else ""
            fields = json.dumps(
                [repr(entry[name]) for name in CHAINED],
                ensure_ascii=False,
                separators=(",", ":"),
                sort_keys=True,
            )
            digest = hashlib.sha256(fields.encode()).hexdigest()
            file.execute(
                "UPDATE journal SET previous = ?, digest = ?, image = ? WHERE number = ?",
                (previous, digest, entry["image"], row["number"]),
            )
            previous = digest
        file.execute("COMMIT")
        file.execute(f"PRAGMA user_version = {FIRST}")


async def test_a_file_of_the_first_version_is_taken_over_with_its_plans_and_its_chain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        edit = await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": "Tar the hull"}
        )
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 9})
    as_plain_text(scene.state, own_seal())
    as_of_before(scene.state)
    async with scene.process() as assistant:
        listed = [each["change_id"] for each in (await assistant.ask("list_changes"))["changes"]]
        assert listed == [plan["change_id"], edit["change_id"]]
        assert (await applied(assistant, plan))["state"] == "done"
        back = await assistant.ask("undo_change", change_id=edit["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
    assert texts(scene.emulator, "Jobs", "Title")[0] == "Mend the sail"
    assert await command("journal", "--state", str(scene.state), "verify") == 0, capsys.readouterr().out
    before = scene.state.with_name(f"state.db.{FIRST}.before")
    assert before.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(before)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (FIRST,)
        assert file.execute("SELECT COUNT(*) FROM journal").fetchone()[0] > MANY
    with closing(sqlite3.connect(scene.state)) as file, file:
        file.execute("UPDATE journal SET caller = 'somebody' WHERE number = 3")
    assert await command("journal", "--state", str(scene.state), "verify") == 1
    assert "entry 3 was altered" in capsys.readouterr().out


async def test_a_file_of_a_newer_version_is_refused_in_a_sentence_that_names_both(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = SqliteState(path)
    await state.rows("SELECT 1")
    await state.close()
    newer = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO written_by VALUES (?, '9.8.7')", (newer,))
        file.execute(f"PRAGMA user_version = {newer}")
    size = path.stat().st_size
    state = SqliteState(path)
    with pytest.raises(ConfigurationError, match=r"written by filemaker-mcp 9\.8\.7 .*, and this is 0\.1\.0"):
        await state.rows("SELECT 1")
    await state.close()
    assert path.stat().st_size == size
    assert os.listdir(tmp_path) == ["state.db"]  # noqa: PTH208
