"""The journal: written before the request goes out, chained, exported, forgetful where the owner wants it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.audit.journal_check import heads_in, journal_faults, journal_heads
from filemaker_mcp.server.changes.erasure.retention import DAY, Retention, Terms
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.errors import InputError
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from .workshop_host import command, in_workshop, made, own_seal, planned

pytestmark = pytest.mark.anyio


async def some_changes(path: Path, **environment: str) -> str:
    """An edit and a create, carried out; the id of the edit."""
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)} | environment) as assistant:
        edit = await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Customer": "=Bo", "Hours": 6}
        )
        await made(assistant, "create_records", layout="Jobs", records=[{"Title": "Splice"}])
        return edit["change_id"]


async def test_every_request_stands_in_the_journal_before_and_after_it(tmp_path: Path) -> None:
    change = await some_changes(tmp_path / "state.db")
    state = SqliteState(tmp_path / "state.db")
    entries = (await Journal(state, now=lambda: 0, seal=own_seal()).entries(plan=change))[::-1]
    assert [entry.event for entry in entries] == ["planned", "started", "attempt", "outcome", "ended"]
    assert entries[2].image == {"before": {"Customer": "Ada", "Hours": 5}}
    assert entries[3].image == {"after": {"Customer": "=Bo", "Hours": 6}}
    await state.close()


async def test_a_refused_attempt_is_written_down(tmp_path: Path) -> None:
    async with in_workshop(environment={"FILEMAKER_ACCESS_BY_LAYOUT": '{"Jobs": "read"}'}) as assistant:
        await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        (refused,) = (await assistant.ask("list_changes"))["refused"]
        assert refused["asked"] == "edit on 'Jobs'"


FORGED = {
    "an entry changed": ("UPDATE journal SET caller = 'somebody' WHERE number = 3", "entry 3 was altered"),
    "an image changed": (
        "UPDATE image SET box = zeroblob(length(box)) WHERE number = (SELECT MIN(number) FROM image)", "the images of entry",
    ),
    "an image put in place of another": (
        "UPDATE image SET (box, key) = (SELECT box, key FROM image ORDER BY number DESC LIMIT 1) WHERE number ="
        " (SELECT MIN(number) FROM image)", "the images of entry",
    ),
    "an image replaced by plain text": (
        "UPDATE image SET box = NULL, content = '{}' WHERE number = (SELECT MIN(number) FROM image)",
        "the images of entry",
    ),
    "an entry removed": ("DELETE FROM journal WHERE number = 5", "entries 5 to 5 are missing"),
    "an entry removed and the rest moved up": (
        "DELETE FROM journal WHERE number = 5; UPDATE journal SET number = number - 1, place = place - 1 WHERE number > 5;"
        " UPDATE chain SET place = place - 1; UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'journal'",
        "entry 5 was altered",
    ),
    "an entry inserted": (
        "INSERT INTO journal SELECT number + 1, at, database, caller, client, plan, step, item, event, facts, image, digest,"
        " digest, runner, account, place + 1 FROM journal ORDER BY number DESC LIMIT 1;"
        " UPDATE chain SET place = place + 1",
        "was altered",
    ),
    "the last entry removed": (
        "DELETE FROM journal WHERE number = (SELECT MAX(number) FROM journal)", "are missing",
    ),
    "the end cut, and the head moved back": (
        "DELETE FROM journal WHERE number > 4; UPDATE sqlite_sequence SET seq = 4 WHERE name = 'journal';"
        " UPDATE chain SET place = 4, digest = (SELECT digest FROM journal WHERE number = 4)",
        "the end was cut",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
async def test_verify_names_what_was_done_to_the_journal(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, kept = tmp_path / "state.db", tmp_path / "head"
    await some_changes(path)
    asked = ("journal", "--state", str(path))
    assert await command(*asked, "head") == 0
    kept.write_text(capsys.readouterr().out, encoding="utf-8")
    verify = (*asked, "verify", "--head", str(kept))
    assert await command(*verify) == 0
    statements, said = FORGED[how]
    with closing(sqlite3.connect(path)) as file:
        file.executescript(statements)
    capsys.readouterr()
    assert await command(*verify) == 1
    assert said in capsys.readouterr().out


async def test_a_chain_that_is_checked_with_another_key_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.db"
    await some_changes(path)
    verify = ("journal", "--state", str(path), "--seal-key", str(tmp_path / "key"), "verify")
    assert await command(*verify) == 1
    assert "name the right one with --seal-key" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["3", "3 abc Workshop", "x " + "0" * 64 + " Workshop"])
async def test_a_head_that_is_none_is_refused(line: str, tmp_path: Path) -> None:
    path, kept = tmp_path / "state.db", tmp_path / "head"
    await some_changes(path)
    kept.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="Line 2 of the heads is not one"):
        heads_in(kept.read_text(encoding="utf-8").splitlines())
    assert await command("journal", "--state", str(path), "verify", "--head", str(kept)) == 2


async def test_each_database_has_a_chain_of_its_own(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    journal = Journal(state, now=lambda: 1.5, seal=own_seal())
    for database in ("sales", "stock", "sales"):
        await journal.note(
            database=database, who=Who(Caller("ada", "accounts")), plan="", event="refused", facts={}
        )
    assert [(head.database, head.place) for head in await journal_heads(state)] == [
        ("sales", 2),
        ("stock", 1),
    ]
    assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
    await state.close()


async def test_contents_expire_and_the_chain_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    change = await some_changes(path)
    state = SqliteState(path)
    journal = Journal(state, now=lambda: 0.0, seal=own_seal())
    later = (await journal.entries(limit=1))[0].at + 91 * DAY
    async with state.writing() as transaction:
        terms = Terms("http://127.0.0.1/Workshop", 90)
        await Retention(state, journal, own_seal(), terms, now=later).look(transaction)
    entries = await journal.entries(plan=change)
    assert all(entry.image is None for entry in entries)
    assert not await state.rows("SELECT * FROM item")
    assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
    await state.close()


async def test_contents_that_the_owner_does_not_want_are_never_written(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    await some_changes(path, FILEMAKER_JOURNAL_WITHOUT='["customer"]')
    state = SqliteState(path)
    entries = await Journal(state, now=lambda: 0, seal=own_seal()).entries()
    images = json.dumps([entry.image for entry in entries], default=str)
    assert "Ada" not in images
    assert "(left out)" in images
    await state.close()


async def test_the_journal_is_listed_shown_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.db"
    change = await some_changes(path)
    asked = ["journal", "--state", str(path)]
    assert await command("journal", "list", "--state", str(path)) == 0
    assert f"{change}  ended: 1 done" in capsys.readouterr().out
    assert await command(*asked, "show", change) == 0
    assert '"Customer": "Ada"' in capsys.readouterr().out
    assert await command(*asked, "export") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert await command(*asked, "export", "--format", "csv", "--without-fields") == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(table) == len(rows)
    assert not any(cell.startswith("=") for row in table for cell in row.values())
    assert await command(*asked, "show", "edit-1-Nothing-zzzz") == 1


async def test_two_processes_append_to_one_chain(tmp_path: Path) -> None:
    first, second = SqliteState(tmp_path / "state.db"), SqliteState(tmp_path / "state.db")
    for number in range(20):
        for state in (first, second):
            await Journal(state, now=lambda: 1.5, seal=own_seal()).note(
                database="x",
                who=Who(Caller("ada", "accounts")),
                plan="",
                event="refused",
                facts={"n": number},
            )
    assert await journal_faults(first, own_seal(), counts=not first.is_shared) == []
    await first.close()
    await second.close()


async def test_a_plan_of_yesterday_is_expired(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    environment = {"FILEMAKER_STATE": str(path)}
    async with in_workshop(environment=environment) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        state = assistant.application.workspaces.state
        async with state.writing() as transaction:
            await transaction.execute("UPDATE plan SET expires = 5 WHERE id = ?", plan["change_id"])
        assert "has expired" in await assistant.refused("apply_change", change_id=plan["change_id"])


async def test_what_a_renamed_account_planned_is_adopted_by_its_new_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.db"
    change = await some_changes(path)
    state = SqliteState(path)
    async with state.writing() as transaction:
        await transaction.execute("UPDATE plan SET account = 'before'")
    await state.close()
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        assert "There is no change" in await assistant.refused("list_changes", change_id=change)
    adopt = ("journal", "--state", str(path), "adopt", "--from", "Before", "--to", "Assistant")
    assert await command(*adopt) == 0
    assert "belong to 'Assistant' now" in capsys.readouterr().out
    assert await command(*adopt) == 1
    assert await command("journal", "--state", str(path), "verify") == 0
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        assert (await assistant.ask("list_changes", change_id=change))["change_id"] == change
