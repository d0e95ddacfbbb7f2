"""A process that is killed while it writes leaves nothing under the name of a file, and what it leaves elsewhere goes with the next."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from filemaker_mcp.server.app.sample_server import demo_application
from filemaker_mcp.server.local.files_folder import FilesFolder
from filemaker_mcp.server.local.private_files import kept_key, write_private
from filemaker_mcp.server.local.state.migrations import MIGRATIONS
from filemaker_mcp.server.local.work_folder import work_folder

from ..assistant import assisted
from ..changes.workshop_host import command

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]

START = (
    "import os, signal, sys; from pathlib import Path; folder = Path(sys.argv[1])\n"
    "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
)
AT_THE_END = "os.fsync = die\n"
EXPORT = (
    "from filemaker_mcp.server.query.export.new_file import new_file\n"
    "from filemaker_mcp.server.query.export.writers import WRITERS\n"
    "with new_file(folder, 'x', '.{0}') as new:\n"
    "    writer = WRITERS['{0}'](new.path, ['id'], ['text']); writer.row(['1']); die()\n"
)
SAVED = "from filemaker_mcp.server.local.files_folder import FilesFolder\nFilesFolder(folder, limit=99).save('x', b'1')\n"
PRIVATE = "from filemaker_mcp.server.local.private_files import *\n"


async def killed(code: str, folder: Path) -> None:
    """That code in a process of its own, which does not see its end."""
    dead = await anyio.run_process([sys.executable, "-c", START + code, str(folder)], check=False)
    assert dead.returncode == -9, dead.stderr


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_an_export_or_a_saved_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    for code in (*map(EXPORT.format, ("csv", "xlsx", "jsonl")), AT_THE_END + SAVED):
        await killed(code, tmp_path)
        assert names(tmp_path) == [".filemaker-mcp"], code
    assert len(names(tmp_path / ".filemaker-mcp")) == 1, "each took away what the one before had left"
    assert FilesFolder(tmp_path, limit=99).contents.newest() == []
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        answer = await assistant.ask("export_records", layout="Tasks", file="tasks.xlsx")
        assert answer["rows"]
    assert names(tmp_path) == ["tasks.xlsx"]


async def test_a_configuration_a_sign_in_and_a_key_are_the_old_ones_or_the_new_ones(tmp_path: Path) -> None:
    file, key = tmp_path / "config.toml", tmp_path / "key"
    write_private(file, "old")
    for code in ("write_private(folder / 'config.toml', 'new')", "kept_key(folder / 'key')"):
        await killed(AT_THE_END + PRIVATE + code, tmp_path)
        assert file.read_text() == "old"
        assert not key.exists()
    assert kept_key(key) == kept_key(key)
    assert names(tmp_path) == ["config.toml", "key"]
    assert {path.stat().st_mode & 0o777 for path in (file, key)} == {0o600}


async def test_what_a_killed_demo_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from filemaker_mcp.server.app.sample_server import demo_application\n"
        "application = demo_application({}); die()\n"
    )
    await killed(code, tmp_path)
    (left,) = names(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    application = demo_application({})
    (own,) = names(tmp_path)
    assert own != left
    await application.close()
    assert names(tmp_path) == []


async def test_what_a_living_process_has_under_way_stays_however_old_it_is(tmp_path: Path) -> None:
    with work_folder(tmp_path, "") as mine:
        os.utime(mine, (0, 0))
        with work_folder(tmp_path, "") as other:
            assert names(tmp_path) == sorted((mine.name, other.name))
    assert names(tmp_path) == []


async def test_a_copy_of_the_state_is_there_whole_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, copies = tmp_path / "state" / "state.db", tmp_path / "copies"
    copies.mkdir()
    async with assisted({"FILEMAKER_STATE": str(state)}) as assistant:
        await assistant.ask("list_changes")
    backup = ("--state", str(state), "backup", str(copies / "monday.db"))
    code = f"from filemaker_mcp.server.__main__ import main\nmain(['state', *{backup}])\n"
    await killed(AT_THE_END + code, tmp_path)
    assert names(copies) == [".filemaker-mcp"]
    assert await command("state", *backup) == 0, capsys.readouterr().err
    assert names(copies) == ["monday.db"]
    assert await command("journal", "--state", str(copies / "monday.db"), "verify") == 0


async def test_a_state_whose_taking_over_was_killed_is_as_before_and_taken_over_by_the_next(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.db"
    old = len(MIGRATIONS) - 1
    with closing(sqlite3.connect(state)) as file:
        for script in MIGRATIONS[:old]:
            file.executescript(script)
        file.execute(f"PRAGMA user_version = {old}")
    environment = {"FILEMAKER_STATE": str(state)}
    code = f"from filemaker_mcp.server.__main__ import main\nmain(['journal', '--state', {str(state)!r}, 'list'])\n"
    await killed(AT_THE_END + code, tmp_path)
    assert version(state) == old
    assert [name for name in names(tmp_path) if not name.startswith("state.db-")] == [
        ".filemaker-mcp",
        "state.db",
    ]
    async with assisted(environment) as assistant:
        await assistant.ask("list_changes")
    assert version(state) == len(MIGRATIONS)
    assert version(tmp_path / f"state.db.{old}.before") == old
    assert ".filemaker-mcp" not in names(tmp_path)


def version(state: Path) -> int:
    with closing(sqlite3.connect(state)) as file:
        return file.execute("PRAGMA user_version").fetchone()[0]
