"""The state in PostgreSQL: the same plans and journal, shared by processes, honest when it is away, closed to whoever may only write."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import psycopg
import pytest

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.audit.journal_check import journal_faults, journal_heads
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.errors import ConfigurationError, FilemakerMcpError, StateAway
from filemaker_mcp.server.local.state import postgres_connection, postgres_state
from filemaker_mcp.server.local.state.postgres_migration import migrating
from filemaker_mcp.server.local.state.postgres_state import CONNECTIONS, PostgresState
from filemaker_mcp.server.local.state.state import Transaction

from ..assistant import said
from ..changes.workshop_host import PLACE, applied, command, in_workshop, made, own_seal, planned
from ..postgres import KEEPER_ROLE, SERVER_ROLE, Postgres, on_postgres, postgres
from .cut import Proxy

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "state.md"
pytestmark = [pytest.mark.anyio, on_postgres]
T = TypeVar("T")
ADA = Who(Caller("ada", "accounts"))
HOLD = """
import asyncio, sys
from filemaker_mcp.server.local.state.postgres_state import PostgresState
async def main():
    state = PostgresState(sys.argv[1])
    await state.rows("SELECT 1 AS here")
    print(state.runner, flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@pytest.fixture
def server() -> Postgres:
    found = postgres()
    assert found is not None
    return found


@pytest.fixture
def url(server: Postgres) -> str:
    return server.database()


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[PostgresState]:
    state = PostgresState(url)
    try:
        yield state
    finally:
        await state.close()


async def added(transaction: Transaction, name: str) -> None:
    await transaction.execute(
        "INSERT INTO plan (id, database, caller, client, made, expires, heading, digest, fingerprint, state)"
        " VALUES (?, ?, '', '', 1795692000.123, 0, '', '', '', 'open')",
        name, name,
    )  # fmt: skip


async def insert(state: PostgresState, name: str) -> None:
    async with state.writing() as transaction:
        await added(transaction, name)


async def plans(state: PostgresState) -> set[str]:
    return {row["id"] for row in await state.rows("SELECT id FROM plan")}


async def noted(state: PostgresState, database: str, times: int) -> None:
    journal = Journal(state, now=time.time, seal=own_seal())
    for number in range(times):
        await journal.note(
            database=database,
            who=ADA,
            plan="p",
            event="refused",
            facts={"n": number},
            image={"before": {"A": "x"}},
        )


async def test_a_change_is_planned_carried_out_and_taken_back_by_two_processes_in_turn(url: str) -> None:
    place = {"FILEMAKER_STATE": url}
    async with in_workshop(environment=place) as first:
        change = await planned(first, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        async with in_workshop(first.emulator, environment=place) as second:
            assert (await applied(second, change))["state"] == "done"
            assert (await applied(first, change))["records"] == {"done": 1}, "nothing is sent twice"
        undone = await made(first, "undo_change", change_id=change["change_id"])
        assert undone["state"] == "done"
        state = first.application.workspaces.state
        assert await journal_faults(state, own_seal(), counts=False) == []


async def test_moments_and_counts_keep_every_digit(url: str) -> None:
    async with opened(url) as state:
        await insert(state, "sales")
        async with state.writing() as transaction:
            transaction.put("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?)", "s", "d", "t", "c", 1, 2, 2**40)
        row = await state.row("SELECT made FROM plan")
        assert row is not None
        assert row["made"] == 1795692000.123
        assert await state.row("SELECT 1 AS there FROM usage WHERE received = ?", 2**40) is not None


async def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    async with opened(url) as state:
        await insert(state, "sales")
        with pytest.raises(psycopg.IntegrityError):
            await insert(state, "sales")

        async def both() -> None:
            async with state.writing() as transaction:
                await added(transaction, "stock")
                transaction.put("INSERT INTO plan (id) VALUES (?)", "half")

        with pytest.raises(psycopg.IntegrityError):
            await both()
        assert await plans(state) == {"sales"}


async def test_a_cancelled_task_knows_whether_it_has_written(url: str) -> None:
    async with opened(url) as state:
        await plans(state)
        for turns in range(0, 24, 2):
            name = f"sales {turns}"
            task = asyncio.create_task(insert(state, name))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
            assert name in await plans(state) or isinstance(outcome, asyncio.CancelledError)


@pytest.mark.parametrize("what", ["a read beside the transaction", "another transaction"])
async def test_in_a_transaction_nothing_goes_past_it(url: str, what: str) -> None:
    async with opened(url) as state:

        async def past() -> None:
            async with state.writing():
                await (insert(state, "sales") if what == "another transaction" else plans(state))

        with pytest.raises(AssertionError, match="transaction"):
            await past()


async def test_writers_of_several_processes_link_one_chain_for_each_database(url: str) -> None:
    async with opened(url) as first, opened(url) as second, anyio.create_task_group() as group:
        for state in (first, second):
            for database in ("sales", "stock"):
                for _ in range(2):
                    group.start_soon(noted, state, database, 10)
    async with opened(url) as state:
        assert await journal_faults(state, own_seal(), counts=False) == []
        assert [(head.database, head.place) for head in await journal_heads(state)] == [
            ("sales", 40),
            ("stock", 40),
        ]


async def again(work: Callable[[], Awaitable[T]]) -> T:
    """What it gives as soon as the state can be reached."""
    with anyio.fail_after(120):
        while True:
            try:
                return await work()
            except StateAway:
                await asyncio.sleep(0.05)


CHANGES = {
    "an entry changed": ("UPDATE journal SET facts = '{}' WHERE place = 2", "entry 2 was altered"),
    "an image changed": (
        "UPDATE image SET box = 'x' WHERE number = 2",
        "the images of entry 2 were altered",
    ),
    "an entry removed": (
        "DELETE FROM image WHERE number = 2; DELETE FROM journal WHERE place = 2",
        "entry 3 is not the next",
    ),
    "an entry inserted": (
        "INSERT INTO journal (at, database, caller, client, plan, step, item, event, facts, image, previous, digest, runner,"
        " account, place) SELECT at, database, caller, client, plan, step, item, event, facts, '', previous, digest, runner,"
        " account, 4 FROM journal WHERE place = 3",
        "was altered",
    ),
    "the end cut": (
        "DELETE FROM image WHERE number = 3; DELETE FROM journal WHERE place = 3",
        "the end of the journal of sales is missing",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_verify_names_what_was_done_to_the_journal(url: str, what: str) -> None:
    async with opened(url) as state:
        await noted(state, "sales", 3)
        with psycopg.connect(url, autocommit=True) as owner:
            for statement in CHANGES[what][0].split("; "):
                owner.execute(statement.encode())
        assert CHANGES[what][1] in "; ".join(await journal_faults(state, own_seal(), counts=False))


async def test_the_end_cut_with_its_head_moved_back_is_seen_against_a_head_kept_elsewhere(url: str) -> None:
    async with opened(url) as state:
        await noted(state, "sales", 3)
        kept = await journal_heads(state)
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("DELETE FROM image WHERE number = 3")
            owner.execute("DELETE FROM journal WHERE place = 3")
            owner.execute("UPDATE chain SET place = 2, digest = (SELECT digest FROM journal WHERE place = 2)")
        assert await journal_faults(state, own_seal(), counts=False) == []
        assert "the end was cut" in "; ".join(await journal_faults(state, own_seal(), kept, counts=False))


async def test_a_servers_role_changes_and_deletes_nothing_of_what_stays(server: Postgres) -> None:
    """Journal, contents and their keys; another role forgets contents, and not even that one touches an entry."""
    url = server.database(role=SERVER_ROLE)
    keeper = url.replace(SERVER_ROLE, KEEPER_ROLE)
    async with in_workshop(environment={"FILEMAKER_STATE": url}) as assistant:
        done = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        assert done["state"] == "done"
    permanent = {"journal": "facts = '{}'", "written_by": "version = ''", "taken_over": "tag = ''"}
    contents = {"image": "content = ''", "data_key": "subject = ''"}
    for role, tables in ((url, permanent | contents), (keeper, permanent)):
        with psycopg.connect(role, autocommit=True) as connection:
            for table, change in tables.items():
                for words in ("UPDATE {} SET " + change, "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(words.replace("{}", table).encode())


def test_the_documentation_gives_the_rights_that_the_command_gives(server: Postgres) -> None:
    by_hand = re.findall(r"```sql\n(REVOKE .*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)[0]
    granted = (
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN ('fm_server', 'fm_keeper')"
    )
    with psycopg.connect(server.database(), autocommit=True) as owner:
        by_command = set(owner.execute(granted.encode()).fetchall())
        owner.execute(by_hand.encode())
        assert set(owner.execute(granted.encode()).fetchall()) == by_command


async def test_what_is_too_old_is_forgotten_by_the_keepers_role(
    server: Postgres, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server.database(role=SERVER_ROLE)
    async with in_workshop(environment={"FILEMAKER_STATE": url}) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
    for name, value in (
        {"FILEMAKER_JOURNAL_DAYS": "30", "FILEMAKER_HOST": "http://127.0.0.1"} | PLACE
    ).items():
        monkeypatch.setenv(name, value)
    old = {"journal": "at", "plan": "made"}
    with psycopg.connect(server.url(url.rpartition("/")[2]), autocommit=True) as owner:
        for table, moment in old.items():
            owner.execute(f"UPDATE {table} SET {moment} = {moment} - 31 * 86400".encode())
    days = {"FILEMAKER_STATE": url, "FILEMAKER_JOURNAL_DAYS": "30"}
    async with in_workshop(environment=days) as assistant:  # which leaves it where it is
        await assistant.ask("list_changes")
    for role, status, told in (
        (url, 2, "permission denied for table"),
        (url.replace(SERVER_ROLE, KEEPER_ROLE), 0, "contents"),
    ):
        monkeypatch.setenv("FILEMAKER_STATE", role)
        assert await command("journal", "retain") == status
        assert told in "".join(capfd.readouterr())
    with psycopg.connect(url.replace(SERVER_ROLE, KEEPER_ROLE), autocommit=True) as keeper:
        left = keeper.execute("SELECT (SELECT COUNT(*) FROM plan), COUNT(*) FROM image WHERE gone IS NULL")
        assert left.fetchone() == (0, 0)


async def test_a_killed_process_is_told_from_a_living_one_and_from_a_stopped_one(url: str) -> None:
    async with opened(url) as state:
        other = await anyio.open_process([sys.executable, "-c", HOLD, url], stderr=None)
        assert other.stdout is not None
        runner = (await other.stdout.receive()).decode().strip()
        assert await state.is_alive(runner)
        other.kill()
        await other.wait()
        with anyio.fail_after(120):
            while await state.is_alive(runner):
                pass
        await other.aclose()
        assert await state.is_alive(state.runner)
        assert not await state.is_alive("")


async def test_who_was_cut_off_comes_back_under_another_name(server: Postgres, url: str) -> None:
    async with opened(url) as state, opened(url) as other:
        await insert(state, "before")
        before = state.runner
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'filemaker-mcp' AND datname ="
        server.run(f"{ended} '{url.rpartition('/')[2]}'")
        while state.runner == before:  # noticed within a few seconds
            await again(partial(insert, state, f"after {time.monotonic()}"))
        assert await again(partial(other.is_alive, state.runner))
        assert not await again(partial(other.is_alive, before))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://fm:wrong@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("postgresql://nobody:pgpass@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("postgresql://fm:pgpass@127.0.0.1:{port}/missing", "does not exist"),
        ("postgresql://fm:pgpass@127.0.0.1:1/postgres", "refused"),
        ("postgresql://fm:pgpass@[::1/postgres", "its address cannot be read"),
        ("postgresql://fm:wrong%zz@127.0.0.1:{port}/postgres", "its address cannot be read"),
        ("postgresql://fm:pgpass@127.0.0.1:99999/postgres", "invalid port number"),
        ("postgresql://fm:pgpass@127.0.0.1:{port}/postgres", "state migrate"),
    ],
)
async def test_an_address_that_does_not_work_is_told_in_words_without_its_password(
    server: Postgres, address: str, told: str
) -> None:
    async with opened(address.format(port=server.port)) as state:
        with pytest.raises(FilemakerMcpError) as refused:
            await state.rows("SELECT 1 AS here")
        assert told in str(refused.value)
        assert "pgpass" not in str(refused.value)
        assert "wrong" not in str(refused.value)


async def test_a_newer_form_of_the_records_is_refused_and_left_as_it_is(server: Postgres, url: str) -> None:
    server.run("INSERT INTO written_by VALUES (999, '9.9')", database=url.rpartition("/")[2])
    async with opened(url) as state:
        with pytest.raises(ConfigurationError, match=r"last changed by filemaker-mcp 9\.9 \(form 999\)"):
            await plans(state)
    with pytest.raises(ConfigurationError, match=r"9\.9"):
        async with migrating(url):
            pass


async def test_an_older_form_of_the_records_is_refused_until_it_is_migrated(
    server: Postgres, url: str
) -> None:
    server.run("UPDATE written_by SET schema = schema - 1", database=url.rpartition("/")[2])
    async with opened(url) as state:
        with pytest.raises(ConfigurationError, match="state migrate"):
            await plans(state)


async def test_two_processes_that_migrate_at_once_do_it_once(server: Postgres) -> None:
    url = server.empty_database()
    forms: list[int] = []

    async def migrate() -> None:
        async with migrating(url) as (_, form):
            forms.append(form)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(migrate)
    assert sorted(forms)[0] == 0
    assert len([form for form in forms if form == 0]) == 1
    async with opened(url) as state:
        assert await plans(state) == set()


async def test_a_read_only_server_reads_on_and_writes_nothing(server: Postgres, url: str) -> None:
    name = url.rpartition("/")[2]
    server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    async with in_workshop(environment={"FILEMAKER_STATE": url}) as assistant:
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        assert "read-only transaction" in refusal
        assert "Nothing was sent" in refusal
        assert (await assistant.ask("get_record", layout="Jobs", id="1"))["fields"]["Hours"] != 6


async def test_a_table_that_is_missing_is_told(url: str) -> None:
    async with opened(url) as state:
        await plans(state)
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("DROP TABLE held")
        with pytest.raises((StateAway, ConfigurationError), match="held"):
            await state.rows("SELECT * FROM held")


async def test_a_pool_that_is_used_up_is_told_and_serves_again(url: str) -> None:
    async with opened(url) as state:
        release, begun = anyio.Event(), asyncio.Semaphore(0)

        async def held(number: int) -> None:
            async with state.writing(f"database {number}") as transaction:
                await transaction.rows("SELECT 1 AS here")
                begun.release()
                await release.wait()

        async with anyio.create_task_group() as group:
            for number in range(CONNECTIONS):
                group.start_soon(held, number)
            for _ in range(CONNECTIONS):
                await begun.acquire()
            state.patience = 0.1
            with pytest.raises(StateAway, match="no connection to PostgreSQL"):
                await plans(state)
            release.set()
        state.patience = 10
        assert await plans(state) == set()


async def test_a_process_that_was_stopped_in_a_transaction_keeps_others_out_for_seconds_only(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_state, "STUCK_SECONDS", 0)
    shorter = postgres_connection.SESSION.replace(
        "-c lock_timeout={}s", "-c lock_timeout=200ms -c client_min_messages=notice"
    )
    monkeypatch.setattr(postgres_connection, "SESSION", shorter)
    async with opened(url) as stopped, opened(url) as other:
        stuck, over = anyio.Event(), anyio.Event()

        async def hold() -> None:
            async with stopped.writing("sales") as transaction:
                await transaction.rows("SELECT 1 AS here")
                stuck.set()
                await over.wait()
                await added(transaction, "late")

        async def written() -> None:
            async with other.writing("sales") as transaction:
                await added(transaction, "in time")

        held = asyncio.create_task(hold())
        await stuck.wait()
        with pytest.raises(StateAway, match="lock timeout"):
            await written()
        await again(written)
        over.set()
        with pytest.raises(StateAway):
            await held
        assert await plans(other) == {"in time"}


async def test_while_the_state_is_away_reads_go_on_and_nothing_is_sent(server: Postgres, url: str) -> None:
    async with Proxy(server.port) as proxy:
        away = url.replace(f":{server.port}/", f":{proxy.port}/")
        async with in_workshop(environment={"FILEMAKER_STATE": away}) as assistant:
            change = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
            await proxy.cut()
            refusal = await assistant.refused("apply_change", change_id=change["change_id"])
            assert "The server's own records cannot be reached" in refusal
            assert "Nothing was sent" in refusal
            assert (await assistant.ask("get_record", layout="Jobs", id="1"))["fields"]["Hours"] != 6
            await proxy.mend()
            outcome = await assistant.call("apply_change", change_id=change["change_id"])
            while outcome.is_error:
                assert "cannot be reached" in said(outcome)
                outcome = await assistant.call("apply_change", change_id=change["change_id"])
            assert outcome.structured_content is not None
            assert outcome.structured_content["state"] == "done"


async def test_a_connection_cut_in_the_middle_of_a_commit_leaves_all_or_nothing(
    server: Postgres, url: str
) -> None:
    async with Proxy(server.port) as proxy:
        async with opened(url.replace(f":{server.port}/", f":{proxy.port}/")) as state:
            await plans(state)
            for number in range(6):
                proxy.cut_at_word(b"COMMIT", after=number % 2 == 1)
                with pytest.raises(StateAway):
                    await insert(state, f"cut {number}")
                await proxy.mend()
                await again(partial(insert, state, f"whole {number}"))
        async with opened(url) as state:
            there = await plans(state)
            assert {name for name in there if name.startswith("whole")} == {f"whole {n}" for n in range(6)}
            for number in (0, 2, 4):
                assert f"cut {number}" not in there, "the word never arrived"


def test_serving_does_without_the_driver_until_it_is_named() -> None:
    script = (
        "import sys; import filemaker_mcp.server.app.app, filemaker_mcp.server.app.workspace;"
        " sys.exit(any(name.startswith('psycopg') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
