"""The state file: shared by processes, migrated once, honest about who died."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.state import MIGRATIONS, State

HOLD_AND_SPEAK = """
import sys
from pathlib import Path
from filemaker_mcp.server.local.state import State
state = State(Path(sys.argv[1]))
print(state.runner, flush=True)
sys.stdin.read()
"""


def insert(state: State, database: str) -> None:
    with state.writing() as connection:
        connection.execute(
            "INSERT INTO plan (id, database, caller, client, made, expires, heading, digest, fingerprint, state)"
            " VALUES (?, ?, '', '', 0, 0, '', '', '', 'open')",
            (database, database),
        )


def test_two_openings_of_one_file_see_each_others_commits(tmp_path: Path) -> None:
    first, second = State(tmp_path / "deep" / "state.db"), State(tmp_path / "deep" / "state.db")
    insert(first, "sales")
    insert(second, "stock")
    assert {row["database"] for row in first.rows("SELECT database FROM plan")} == {"sales", "stock"}
    first.close()
    second.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    insert(state, "sales")
    with pytest.raises(sqlite3.IntegrityError):
        insert(state, "sales")
    insert(state, "stock")
    assert len(state.rows("SELECT * FROM plan")) == 2
    state.close()


def test_a_killed_process_is_told_from_a_living_one(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = State(path)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_SPEAK, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    runner = other.stdout.readline().decode().strip()
    assert state.is_alive(runner)
    other.kill()
    other.communicate()
    assert not state.is_alive(runner)
    assert not list(tmp_path.glob(f"*{runner}*")), "what it left behind is swept up"
    assert state.is_alive(state.runner)
    state.close()
    assert {file.name for file in tmp_path.iterdir()} == {"state.db"}


def test_what_killed_processes_left_is_swept_up_in_time(tmp_path: Path) -> None:
    old, new = tmp_path / "state.db.00ff.alive", tmp_path / "state.db.11ee.alive"
    old.touch()
    new.touch()
    os.utime(old, (1, 1))
    State(tmp_path / "state.db").close()
    assert not old.exists()
    assert new.exists(), "its process may be about to lock it"


def test_nothing_is_written_anywhere_for_a_state_in_memory() -> None:
    state = State(None)
    insert(state, "sales")
    assert not state.is_alive("somebody")
    state.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    State(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(ConfigurationError, match="newer version"):
        State(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"state\.db"):
        State(tmp_path / "file" / "state.db")
