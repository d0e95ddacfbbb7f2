"""A copy of the state tells no contents: neither the file, byte by byte, nor a dump of PostgreSQL."""

from __future__ import annotations

import base64
from pathlib import Path

import psycopg
import pytest

from ..changes.workshop_host import applied, command, ended, in_workshop, made, planned
from ..postgres import Postgres, on_postgres, postgres

pytestmark = pytest.mark.anyio
CANARY = "Zyx4711Canary"
STORES = ["file", pytest.param("postgres", marks=on_postgres)]


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the state is, as FILEMAKER_STATE says it."""
    if request.param == "file":
        found = str(tmp_path / "state.db")
    else:
        server = postgres()
        assert isinstance(server, Postgres)
        found = server.database()
    monkeypatch.delenv("STATE_STORE", raising=False)  # this test names its place itself
    monkeypatch.setenv("FILEMAKER_STATE", found)
    return found


def dumped(place: str) -> bytes:
    """All that lies there."""
    if not place.startswith("postgresql"):
        return b"".join(file.read_bytes() for file in Path(place).parent.glob("state.db*"))
    parts: list[bytes] = []
    with psycopg.connect(place) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for (table,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'.encode()):
                parts += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(parts)


def tells(dump: bytes) -> list[str]:
    """The canaries in it, in plain, as hexadecimal digits or in base64 at any offset."""
    forms = [CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode().hex().encode()]
    forms += [base64.b64encode(b"x" * shift + CANARY.encode())[4:-4] for shift in range(3)]
    folded = dump.lower()
    return [form.decode("latin-1") for form in forms if form.lower() in folded]


async def test_no_contents_lie_in_the_state_in_plain(place: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / f"{CANARY} 1.txt").write_text(f"contract of {CANARY} 2", "utf-8")
    environment = {
        "FILEMAKER_STATE": place,
        "FILEMAKER_FILES_FOLDER": str(folder),
        "FILEMAKER_SCRIPTS": '{"Stamp": {}, "Count": {"effect": "reads"}}',
        "FILEMAKER_READ_ONLY_FIELDS": '["Code"]',
    }
    async with in_workshop(environment=environment) as assistant:
        new = {"Title": f"{CANARY} 3", "Customer": f"{CANARY} 4", "Tasks": {"add": [{"Text": f"{CANARY} 5"}]}}
        created = await made(assistant, "create_records", layout="Jobs", records=[new])
        where = [{"Title": f"{CANARY} 3"}]
        edit = await made(
            assistant, "edit_records", layout="Jobs", where=where, values={"Ref": f"{CANARY} 6"}
        )
        await made(
            assistant,
            "edit_records",
            layout="Jobs",
            ids=["1"],
            values={"Sketch": {"file": f"{CANARY} 1.txt"}},
        )
        await planned(assistant, "delete_records", layout="Jobs", where=where)
        back = await assistant.ask("undo_change", change_id=edit["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
        run = await ended(
            assistant,
            await assistant.ask("run_script", script="Stamp", layout="Jobs", parameter=f"{CANARY} 7"),
        )
        assert (await applied(assistant, run))["state"] == "done"
        await ended(
            assistant,
            await assistant.ask("run_script", script="Count", layout="Jobs", parameter=f"{CANARY} 9"),
        )
        await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Code": f"{CANARY} 8"})
        summary = await assistant.ask("summarize_records", layout="Jobs", where=where)
        assert summary
        exported = await assistant.ask("export_records", layout="Jobs", where=where, file=f"{CANARY} 10")
        assert exported
        assert tells(dumped(place)) == [], "while the server runs"
        assert CANARY in str(await assistant.ask("list_changes", change_id=created["change_id"]))
    assert tells(dumped(place)) == []
    assert await command("journal", "verify") == 0
