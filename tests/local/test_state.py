"""The state file: shared by processes, migrated once, honest about who died, and nothing that the event loop waits for."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import anyio
import pytest

from filemaker_mcp.server.errors import ConfigurationError, StateAway
from filemaker_mcp.server.local.state import network_share, sqlite_watcher
from filemaker_mcp.server.local.state.network_share import share_of
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.state.state import State, Transaction

pytestmark = pytest.mark.anyio

HOLD_AND_SPEAK = """
import asyncio, sys
from pathlib import Path
from filemaker_mcp.server.local.state import network_share
from filemaker_mcp.server.local.state.network_share import share_of
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
async def main():
    state = SqliteState(Path(sys.argv[1]))
    await state.rows("SELECT 1")
    print(state.runner, flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@asynccontextmanager
async def opened(path: Path | None) -> AsyncGenerator[SqliteState]:
    state = SqliteState(path)
    try:
        await state.rows("SELECT 1")
        yield state
    finally:
        await state.close()


async def insert(state: State, database: str) -> None:
    async with state.writing() as transaction:
        await added(transaction, database)


async def added(transaction: Transaction, database: str) -> None:
    await transaction.execute(
        "INSERT INTO plan (id, database, caller, client, made, expires, heading, digest, fingerprint, state)"
        " VALUES (?, ?, '', '', 0, 0, '', '', '', 'open')",
        database, database,
    )  # fmt: skip


async def databases(state: State) -> set[str]:
    return {row["database"] for row in await state.rows("SELECT database FROM plan")}


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@asynccontextmanager
async def locked(path: Path) -> AsyncGenerator[sqlite3.Connection]:
    """As another program has it in the middle of its own transaction."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


async def test_two_openings_of_one_file_see_each_others_commits(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.db"
    async with opened(path) as first, opened(path) as second:
        await insert(first, "sales")
        await insert(second, "stock")
        assert await databases(first) == {"sales", "stock"}


async def test_who_opens_a_new_file_waits_until_another_process_has_opened_it(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        state = SqliteState(path)
        opening = asyncio.create_task(state.rows("SELECT 1 AS one"))
        await asyncio.wait({opening}, timeout=0.2)
        assert not opening.done()
        other.execute("ROLLBACK")
        assert [row["one"] for row in await opening] == [1]
        await state.close()


async def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "state.db") as state:
        await insert(state, "sales")
        with pytest.raises(sqlite3.IntegrityError):
            await insert(state, "sales")
        await insert(state, "stock")
        assert await databases(state) == {"sales", "stock"}


@pytest.mark.parametrize("in_memory", [False, True])
async def test_what_is_not_committed_is_seen_by_its_own_transaction_alone(
    tmp_path: Path, in_memory: bool
) -> None:
    async with opened(None if in_memory else tmp_path / "state.db") as state:
        written, looked = anyio.Event(), anyio.Event()
        seen: set[str] = set()

        async def look() -> None:
            await written.wait()
            looked.set()
            seen.update(await databases(state))

        async def taken_back() -> None:
            async with state.writing() as transaction:
                await added(transaction, "sales")
                assert await transaction.row("SELECT 1 FROM plan") is not None
                written.set()
                await looked.wait()
                raise ZeroDivisionError

        async with anyio.create_task_group() as group:
            group.start_soon(look)
            with pytest.raises(ZeroDivisionError):
                await taken_back()
        assert not seen


@pytest.mark.parametrize("what", ["a read beside the transaction", "another transaction"])
async def test_in_a_transaction_nothing_goes_past_it(tmp_path: Path, what: str) -> None:
    async with opened(tmp_path / "state.db") as state:

        async def past() -> None:
            async with state.writing():
                await (insert(state, "sales") if what == "another transaction" else databases(state))

        with pytest.raises(AssertionError, match="transaction"):
            await past()
        assert not await databases(state)


async def test_a_cancelled_caller_has_written_all_or_nothing(tmp_path: Path) -> None:
    """Cancelled at each of the awaits of a transaction: it is carried out to its end by then."""
    async with opened(tmp_path / "state.db") as state:
        for turns in range(40):
            name = f"sales {turns}"
            with anyio.CancelScope() as scope:

                async def cancel(scope: anyio.CancelScope, turns: int) -> None:
                    for _ in range(turns):
                        await anyio.lowlevel.checkpoint()
                    scope.cancel()

                async with anyio.create_task_group() as group:
                    group.start_soon(cancel, scope, turns)
                    await insert(state, name)
            assert name in await databases(state)


async def test_a_task_that_is_cancelled_natively_knows_whether_it_has_written(tmp_path: Path) -> None:
    async with opened(tmp_path / "state.db") as state:
        for turns in range(40):
            name = f"sales {turns}"
            task = asyncio.create_task(insert(state, name))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
            is_there = name in await databases(state)
            assert is_there or isinstance(outcome, asyncio.CancelledError)
            await insert(state, f"stock {turns}")


async def test_while_another_process_has_the_lock_others_go_on_and_reads_answer(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    async with opened(path) as state, anyio.create_task_group() as group:
        async with locked(path):
            group.start_soon(insert, state, "sales")
            for _ in range(1_000):  # a loop that waited for the lock would never come here
                await anyio.lowlevel.checkpoint()
            assert await databases(state) == set()
        with anyio.fail_after(120):
            while await databases(state) != {"sales"}:
                await anyio.lowlevel.checkpoint()


async def test_a_lock_that_is_never_let_go_of_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    async with opened(path) as state:
        state.patience = 0
        async with locked(path):
            with pytest.raises(StateAway, match=r"another program keeps them locked\. Nothing was sent"):
                await insert(state, "sales")
        await insert(state, "sales")


@pytest.mark.parametrize("trouble", ["a table is missing", "the file is damaged"])
async def test_a_file_that_cannot_be_read_is_told_in_words(tmp_path: Path, trouble: str) -> None:
    path = tmp_path / "state.db"
    async with opened(path) as state:
        await insert(state, "sales")
    if trouble == "a table is missing":
        other = sqlite3.connect(path)
        other.execute("DROP TABLE held")
        other.close()
    else:
        path.write_bytes(path.read_bytes()[:4096] + b"\0" * (path.stat().st_size - 4096))
    state = SqliteState(path)
    with pytest.raises((StateAway, ConfigurationError), match=r"cannot be (reached|opened): "):
        await state.rows("SELECT * FROM held")
    await state.close()


async def test_a_file_that_is_no_state_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("Dear diary, " * 100, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"state\.db cannot be opened"):
        await SqliteState(path).rows("SELECT 1")
    assert path.read_text(encoding="utf-8") == "Dear diary, " * 100


async def test_a_killed_process_is_told_from_a_living_one(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    async with opened(path) as state:
        other = await anyio.open_process([sys.executable, "-c", HOLD_AND_SPEAK, str(path)], stderr=None)
        assert other.stdout is not None
        runner = (await other.stdout.receive()).decode().strip()
        assert await state.is_alive(runner)
        other.kill()
        await other.aclose()
        assert not await state.is_alive(runner)
        assert not any(runner in name for name in names(tmp_path)), "what it left behind is swept up"
        assert await state.is_alive(state.runner)
    assert names(tmp_path) == {"state.db"}


async def test_what_killed_processes_left_is_swept_up_in_time(tmp_path: Path) -> None:
    old, new = tmp_path / "state.db.00ff.alive", tmp_path / "state.db.11ee.alive"
    old.touch()
    new.touch()
    os.utime(old, (1, 1))
    async with opened(tmp_path / "state.db"):
        assert not old.exists()
        assert new.exists(), "its process may be about to lock it"


async def test_nothing_is_written_anywhere_for_a_state_in_memory() -> None:
    async with opened(None) as state:
        await insert(state, "sales")
        assert not await state.is_alive("somebody")


async def test_a_state_that_nobody_used_leaves_no_file(tmp_path: Path) -> None:
    await SqliteState(tmp_path / "state.db").close()
    assert not names(tmp_path)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"state\.db"):
        await SqliteState(tmp_path / "file" / "state.db").rows("SELECT 1")


async def test_an_opening_that_fails_at_its_last_step_leaves_nothing_in_the_way_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last connection finds the disk in trouble, once. What was opened before it held a lock, and no other try got past it."""
    with monkeypatch.context() as trouble:
        trouble.setattr(sqlite_watcher, "STEPS", "none")
        state = SqliteState(tmp_path / "state.db")
        with pytest.raises(TypeError):
            await state.rows("SELECT 1")
    assert not [name for name in names(tmp_path) if name.endswith(".alive")]
    await insert(state, "sales")
    assert await databases(state) == {"sales"}
    await state.close()


async def test_what_is_to_be_done_first_is_done_once_before_anything_else(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")

    async def first(transaction: Transaction) -> None:
        await added(transaction, "first")

    state.first(first)
    assert await databases(state) == {"first"}
    assert await databases(state) == {"first"}
    await state.close()


def test_serving_does_without_the_library_until_the_state_is_used() -> None:
    script = "import sys; import filemaker_mcp.server.app.app, filemaker_mcp.server.app.workspace; sys.exit('aiosqlite' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


MOUNTS = """/dev/sda1 / ext4 rw 0 0
server:/plans /mnt/the\\040plans nfs4 rw 0 0
/dev/sdb1 /mnt/the\\040plans/local xfs rw 0 0
//office/share /mnt/office cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/mnt/the plans/state.db", "nfs4"),
        ("/mnt/the plans/local/state.db", ""),
        ("/mnt/office/a/state.db", "cifs"),
        ("/mnt/offices/state.db", ""),
        ("/home/ada/state.db", ""),
    ],
)
def test_a_file_on_a_network_share_is_told_from_one_of_this_machine(path: str, share: str) -> None:
    assert share_of(Path(path), MOUNTS) == share


async def test_a_state_on_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(network_share, "MOUNTS", mounts)
    with pytest.raises(ConfigurationError, match=r"lies on a network share \(nfs\)"):
        await SqliteState(tmp_path / "state.db").rows("SELECT 1")
    assert names(tmp_path) == {"mounts"}
