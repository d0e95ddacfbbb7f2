"""A host that went back in time is noticed and said; older plans expire, and doing again what is gone is no repetition."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.clock import ManualClock

from ...assistant import Assistant
from ...jobs.shared_clock import ServerClock
from ..books_host import FOLDER, REMIND, column, in_books
from ..restored_host import RestorableHost
from ..workshop_host import applied, made, planned, somebody

pytestmark = pytest.mark.anyio
SAID = "FileMaker was restored to before"


@asynccontextmanager
async def restorable(
    folder: Path, scripts: dict[str, dict[str, Any]] | None = None
) -> AsyncGenerator[tuple[RestorableHost, Assistant, ManualClock]]:
    clock = ManualClock()
    host = RestorableHost(FOLDER, folder, clock)
    kept = {"FILEMAKER_STATE": str(folder / "state.db"), "FILEMAKER_TIME_ZONE": "UTC"}
    async with in_books(
        host.emulator, kept, scripts=scripts, transport=host.transport, clock=ServerClock(clock)
    ) as assistant:
        yield host, assistant, clock


async def paid(assistant: Assistant, amount: int, **more: Any) -> dict[str, Any]:
    new = {"Invoice Number": "R-2", "Amount": amount}
    return await made(assistant, "create_records", layout="Payments", records=[new], **more)


async def totalled(assistant: Assistant, record: str, total: int) -> dict[str, Any]:
    return await made(assistant, "edit_records", layout="Invoices", ids=[record], values={"Total": total})


async def test_it_is_said_from_when_on_changes_are_gone_and_how_many(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        for number in range(4):
            clock.advance(3600)
            await totalled(assistant, "1", 1000 + number)
        backup = host.backed_up()
        clock.advance(3600)
        lost = clock.now()
        for number in range(3):
            await totalled(assistant, str(number + 1), 2000 + number)
            clock.advance(60)
        host.restored(backup)
        await assistant.refused("undo_change")
        (said,) = (await assistant.ask("list_changes"))["restored"]
        assert said == f"{SAID} {lost:%A %Y-%m-%d %H:%M} (UTC); 3 changes made here are gone."


async def test_a_change_on_a_layout_that_is_closed_now_is_not_counted(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        backup = host.backed_up()
        clock.advance(60)
        await paid(assistant, 75)
        await totalled(assistant, "1", 5)
        clock.advance(60)
        host.restored(backup)
        await assistant.refused("undo_change")
        kept = {
            "FILEMAKER_STATE": str(tmp_path / "state.db"),
            "FILEMAKER_ACCESS_BY_LAYOUT": '{"Payments": "none"}',
        }
        async with in_books(
            host.emulator, kept, transport=host.transport, clock=ServerClock(clock)
        ) as stricter:
            (text,) = (await stricter.ask("list_changes"))["restored"]
            assert "1 change made here is gone" in text


async def test_a_plan_of_before_expires_and_a_new_one_is_carried_out(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        backup = host.backed_up()
        await totalled(assistant, "1", 1)
        waiting = await planned(assistant, "edit_records", layout="Invoices", ids=["2"], values={"Total": 2})
        clock.advance(60)
        host.restored(backup)
        answer = await applied(assistant, waiting)
        assert SAID in answer["said"]
        assert "was planned before that was noticed" in answer["said"]
        clock.advance(60)
        assert (await totalled(assistant, "2", 2))["state"] == "done"
        assert ("R-2", 2) in await column(assistant, "Invoices", "Number", "Total")


async def test_doing_again_what_is_gone_is_no_repetition(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        backup = host.backed_up()
        await totalled(assistant, "1", 5)
        await paid(assistant, 75)
        again = {"layout": "Payments", "records": [{"Invoice Number": "R-2", "Amount": 75}]}
        assert "carried out a short while ago" in await assistant.refused("create_records", **again)
        clock.advance(60)
        host.restored(backup)
        await assistant.ask("find_records", layout="Payments")
        plan = await planned(assistant, "create_records", **again)
        assert SAID in str(plan["warnings"])
        clock.advance(60)
        plan = await planned(assistant, "create_records", **again)
        assert (await applied(assistant, plan))["state"] == "done"


async def test_a_record_made_again_after_the_restore_is_planned_at_once(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        backup = host.backed_up()
        done = await totalled(assistant, "1", 5)
        clock.advance(60)
        host.restored(backup)
        assert SAID in await assistant.refused("undo_change", change_id=done["change_id"])
        clock.advance(60)
        again = await totalled(assistant, "1", 5)
        assert again["state"] == "done"
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert ("R-1", 100) in await column(assistant, "Invoices", "Number", "Total")


async def test_a_script_that_reached_outside_is_still_a_repetition(tmp_path: Path) -> None:
    """The mail is gone out, whatever FileMaker has lost; what a script changed there can be done again."""
    listed = {
        "Remind": REMIND | {"effect": "reaches_outside", "run_once": "1d"},
        "Quarter": {"effect": "changes", "layout": "Prefs", "run_once": "1d"},
    }
    async with restorable(tmp_path, listed) as (host, assistant, clock):
        backup = host.backed_up()
        await totalled(assistant, "1", 5)
        for script in listed:
            await made(assistant, "run_script", script=script, parameter="R-1")
        clock.advance(60)
        host.restored(backup)
        await assistant.refused("undo_change")
        clock.advance(60)
        assert "ran with this parameter" in await assistant.refused(
            "run_script", script="Remind", parameter="R-1"
        )
        await planned(assistant, "run_script", script="Quarter", parameter="R-1")


@pytest.mark.parametrize("work", ["nothing", "deleted", "edited", "sessions cut"])
async def test_what_colleagues_do_is_no_restore(tmp_path: Path, work: str) -> None:
    async with restorable(tmp_path) as (host, assistant, clock):
        created = (await paid(assistant, 75))["created"][0]
        edited = await totalled(assistant, "1", 5)
        if work == "deleted":
            await somebody(host.emulator, "DELETE", f"Payments/records/{created}", {}, file="Books")
            await somebody(host.emulator, "DELETE", "Invoices/records/1", {}, file="Books")
        if work == "edited":
            for total in ("6", "7"):
                body = {"fieldData": {"Total": total}}
                await somebody(host.emulator, "PATCH", "Invoices/records/1", body, file="Books")
        if work == "sessions cut":
            host.emulator.disconnect_all()
        clock.advance(60)
        await assistant.call("undo_change", change_id=edited["change_id"])
        plan = await planned(assistant, "edit_records", layout="Invoices", ids=["2"], values={"Total": 9})
        assert SAID not in str(plan)
        assert (await applied(assistant, plan))["state"] == "done"
        assert "restored" not in await assistant.ask("list_changes")
