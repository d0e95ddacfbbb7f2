"""Two callers on one service account, told apart by claims alone: nothing of the one ever reaches the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..changes.applying.test_journal_table import LOG, log
from ..changes.shop_host import shop
from ..policy.attempts import FOUND, JOB, PLAN, STORED, Reach, attempts, beside_the_tools, facts, whole
from ..policy.office import CLOSED, PLACE, Row, everything_written, hosted
from .http_server import HttpServer, Person, http_server
from .identity_provider import ISSUER, IdentityProvider, identity_provider

pytestmark = pytest.mark.anyio
CANARIES = {"Ada": "adalerche", "Bo": "bozeisig"}
EVERYTHING = "fm:delete fm:run"


def divided(row: Row) -> Row:
    """Every record says in each field that can hold it whose it is."""
    whose = "Bo" if "J-002" in row.values() else "Ada"
    if "Job ID" in row:
        return row | {"Text": CANARIES[whose]}
    return (
        row | {name: f"{CANARIES[whose]} {name}" for name in ("Ref", "Title", "Code")} | {"Customer": whose}
    )


@asynccontextmanager
async def office(
    folder: Path, *, faults: FaultLayer | None = None, emulator: Emulator | None = None, **more: Any
) -> AsyncGenerator[tuple[HttpServer, IdentityProvider]]:
    """One file, one account, one entry for everybody: they see the jobs of the customer that their token names."""
    transport = None if faults is None else httpx.ASGITransport(app=faults)
    rule = {
        "where": {"Customer": ["{claim.customer}"]},
        "key": "ID",
        "writable": ["Title", "Ref", "Hours", "Status", "Code", "Sketch"],
    }
    async with identity_provider() as provider:
        settings = {
            "state": str(folder / "state.db"),
            "files_folder": str(folder / "files"),
            "database": {
                CLOSED: PLACE
                | {
                    "file": CLOSED,
                    "access": "delete",
                    "approval": "client",
                    "scripts": {"Stamp": {"effect": "reads", "in_scope": True}},
                }
            },
            "callers": [{"match": {"issuer": ISSUER}, "policy": "customers"}],
            "policies": {"customers": {"scope": {"Jobs": rule}}},
            "http": {"issuers": [provider.settings]},
        } | more
        emulator = emulator or hosted(folder, secret=divided)
        async with http_server(settings, emulator=emulator, transport=transport) as server:
            yield server, provider


async def test_no_tool_tells_one_caller_anything_of_the_other(tmp_path: Path) -> None:
    """Ada, Bo, and Ada again: each comes after the other once."""
    async with office(tmp_path) as (server, provider):
        stored: dict[str, list[str]] = {}
        for name, other in (("Ada", "Bo"), ("Bo", "Ada"), ("Ada", "Bo")):
            token = provider.token(name.lower(), customer=name, scope=EVERYTHING)
            async with server.person(token) as person:
                said = await everything_tried(person, stored)
            assert CANARIES[name] in said
            assert CANARIES[other] not in said
    folders = sorted((tmp_path / "files").iterdir())
    assert len(folders) == 2
    for folder, (own, theirs) in zip(folders, (CANARIES.values(), reversed(CANARIES.values())), strict=True):
        written = everything_written(folder)
        assert own.encode() in written
        assert theirs.encode() not in written


async def everything_tried(person: Person, stored: dict[str, list[str]]) -> str:
    """All that was said to every tool's first calls, to all that the callers before had stored, and beside the tools."""
    heard: list[str] = []
    own = facts(await person.call("find_records", layout="Jobs", limit=1))
    real = {FOUND: str(own.get("found_set", "none"))}
    stored.setdefault(FOUND, []).append(real[FOUND])
    for attempt in await attempts(person.client, Reach.FIRST):
        about = attempt.names(among=STORED)
        for thing in [real.get(about, about), *stored.get(about, [])[:4]] if about else [""]:
            result = await person.call(attempt.tool, **attempt.with_real({about: thing}))
            heard.append(whole(result))
            made = facts(result)
            for kind, name in ((PLAN, "change_id"), (JOB, "job"), (FOUND, "found_set")):
                if isinstance(given := made.get(name), str):
                    stored.setdefault(kind, []).append(given)
                    real[kind] = given
    heard.append(await beside_the_tools(person.client))
    return "\n".join(heard)


async def test_what_somebody_else_has_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    async with office(tmp_path) as (server, provider):
        tokens = {n: provider.token(n.lower(), customer=n, scope=EVERYTHING) for n in ("Ada", "Bo")}
        async with server.person(tokens["Ada"]) as ada, server.person(tokens["Bo"]) as bo:
            found = await ada.ask("find_records", layout="Jobs", limit=1)
            plan = await ada.ask("edit_records", layout="Jobs", ids=["1"], values={"Title": "mine"})
            export = await ada.ask("export_records", layout="Jobs", file="mine")
            invented = await bo.refused("apply_change", change_id="edit-1-Jobs-zzzz")
            theirs = await bo.refused("apply_change", change_id=plan["change_id"])
            assert theirs.replace(plan["change_id"], "ID") == invented.replace("edit-1-Jobs-zzzz", "ID")
            assert "no found set" in await bo.refused("find_records", found_set=str(found["found_set"]))
            name = Path(str(export["file"])).name
            assert "no file" in await bo.refused("create_records", layout="Jobs", file=name)
            assert (await bo.ask("list_changes"))["changes"] == []
            assert (await ada.ask("apply_change", change_id=plan["change_id"]))["state"] == "done"


async def test_what_one_caller_carries_out_is_left_alone_when_another_calls(tmp_path: Path) -> None:
    """Both in one process, which is the runner of either's plans."""
    emulator = hosted(tmp_path, secret=divided)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    sent, go_on = anyio.Event(), anyio.Event()

    async def hold() -> None:
        sent.set()
        await go_on.wait()

    async with office(tmp_path, faults=faults, emulator=emulator) as (server, provider):
        tokens = {n: provider.token(n.lower(), customer=n, scope=EVERYTHING) for n in ("Ada", "Bo")}
        async with server.person(tokens["Ada"]) as ada, server.person(tokens["Bo"]) as bo:
            ids = ["1", "3"]
            plan = await ada.ask("edit_records", layout="Jobs", ids=ids, values={"Title": "mine"})
            faults.arm(Match("PATCH", "*/records/*"), Act(hold))
            told: list[dict[str, Any]] = []

            async def carry_out() -> None:
                told.append(await ada.ask("apply_change", change_id=plan["change_id"]))

            async with anyio.create_task_group() as group:
                group.start_soon(carry_out)
                await sent.wait()
                await bo.ask("edit_records", layout="Jobs", ids=["2"], values={"Title": "theirs"})
                go_on.set()
        assert told[0]["records"] == {"done": 2}
        rows = await server.parts.servers.state.rows("SELECT event FROM journal ORDER BY number")
        assert "interrupted" not in {row["event"] for row in rows}


async def test_outcomes_that_one_caller_mirrors_are_not_mirrored_again_when_another_calls(
    tmp_path: Path,
) -> None:
    emulator = shop()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    sent, go_on = anyio.Event(), anyio.Event()

    async def hold() -> None:
        sent.set()
        await go_on.wait()

    async with identity_provider() as provider:
        database = PLACE | {"file": "Shop", "access": "delete", "approval": "client"} | LOG
        settings = {
            "state": str(tmp_path / "state.db"),
            "files_folder": str(tmp_path / "files"),
            "database": {"Shop": database},
            "callers": [{"match": {"issuer": ISSUER}}],
            "http": {"issuers": [provider.settings]},
        }
        transport = httpx.ASGITransport(app=faults)
        ada, bo = (provider.token(name, scope=EVERYTHING) for name in ("ada", "bo"))
        async with (
            http_server(settings, emulator=emulator, transport=transport) as server,
            server.person(ada) as first,
            server.person(bo) as second,
        ):
            edit: dict[str, Any] = {"layout": "Invoices", "values": {"Remark": "x"}}
            plan = await first.ask("edit_records", ids=["1", "3"], **edit)
            faults.arm(Match("POST", "*/Log/records"), Act(hold))
            async with anyio.create_task_group() as group:
                group.start_soon(partial(first.ask, "apply_change", change_id=plan["change_id"]))
                await sent.wait()
                await second.ask("edit_records", ids=["2"], **edit)
                go_on.set()
            assert sorted(log(emulator)) == [("1/1", "done"), ("1/2", "done")]


async def test_a_claim_is_a_value_and_never_a_criterion(tmp_path: Path) -> None:
    async with office(tmp_path) as (server, provider):
        for claim in ("*", "=", "A*", "@da"):
            token = provider.token("eve", customer=claim, scope=EVERYTHING)
            async with server.person(token) as eve:
                assert facts(await eve.call("find_records", layout="Jobs")).get("found", 0) == 0, claim
        for claim in ("", " ", None, ["Ada", ""], 7, {"a": "Ada"}):
            status, said = await server.status_of(provider.token("eve", customer=claim, scope=EVERYTHING))
            assert (status, "customer" in said) == (403, True), claim
