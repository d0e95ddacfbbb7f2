"""A record is known by more than its number: after a backup was put back, the number may be somebody else's record's.

Where the journal knows the record, the restore itself is noticed first; where it does not, the record tells."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ...assistant import Assistant
from ..books_host import FOLDER, column, found_set, in_books
from ..restored_host import RestorableHost
from ..workshop_host import applied, made, planned, somebody

pytestmark = pytest.mark.anyio
MINE = {"Number": "R-4", "Customer": "Dee"}
THEIRS = {"fieldData": {"Number": "R-5", "Customer": "Eve", "ID": "V-900"}}


@asynccontextmanager
async def restorable(
    folder: Path, environment: dict[str, str] | None = None
) -> AsyncGenerator[tuple[RestorableHost, Assistant]]:
    host = RestorableHost(FOLDER, folder)
    kept = {"FILEMAKER_STATE": str(folder / "state.db"), "FILEMAKER_KEYS": '{"Invoices": "ID"}'}
    async with in_books(host.emulator, kept | (environment or {}), transport=host.transport) as assistant:
        yield host, assistant


async def their_invoice(host: RestorableHost, body: dict[str, Any] | None = None) -> str:
    answer = await somebody(host.emulator, "POST", "Invoices/records", body or THEIRS, file="Books")
    return str(answer["recordId"])


async def stands(assistant: Assistant) -> None:
    """Their invoice is there, as they made it."""
    assert ("R-5", "Eve", "Open") in await column(assistant, "Invoices", "Number", "Customer", "Status")


@pytest.mark.parametrize("keyed", [True, False])
async def test_taking_a_new_record_back_spares_the_one_that_has_its_number_now(
    tmp_path: Path, keyed: bool
) -> None:
    """With a key field or without one: it was created at another time, and holds something else."""
    async with restorable(tmp_path, {} if keyed else {"FILEMAKER_KEYS": "{}"}) as (host, assistant):
        backup = host.backed_up()
        done = await made(assistant, "create_records", layout="Invoices", records=[MINE])
        host.restored(backup)
        assert await their_invoice(host) == done["created"][0]
        said = await assistant.refused("undo_change", change_id=done["change_id"])
        assert "FileMaker was restored to before" in said
        await stands(assistant)


async def test_a_way_back_that_waits_spares_it_too(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant):
        backup = host.backed_up()
        done = await made(assistant, "create_records", layout="Invoices", records=[MINE])
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        host.restored(backup)
        await their_invoice(host)
        assert (await applied(assistant, back))["state"] == "refused"
        await stands(assistant)


@pytest.mark.parametrize("how", ["ids", "where"])
@pytest.mark.parametrize("layout", ["Invoices", "Invoices Plain"])
@pytest.mark.parametrize("planned_before", [True, False])
async def test_an_edit_that_waits_is_not_written_into_another_record(
    tmp_path: Path, how: str, layout: str, planned_before: bool
) -> None:
    """The second layout shows no creation stamp, and the owner named no key for it."""
    async with restorable(tmp_path) as (host, assistant):
        backup = host.backed_up()
        known = await their_invoice(host, {"fieldData": MINE})
        which: dict[str, Any] = {"ids": [known]} if how == "ids" else {"where": {"Number": "R-4"}}
        if not planned_before:
            await assistant.ask("list_layouts")
        plan = await planned(assistant, "edit_records", layout=layout, values={"Total": 5}, **which)
        host.restored(backup)
        body = THEIRS if how == "where" else {"fieldData": {"Number": "R-5", "Customer": "Eve", "Total": "9"}}
        assert await their_invoice(host, body) == known
        answer = await applied(assistant, plan)
        assert answer["state"] == "refused", answer
        totals = await column(assistant, "Invoices", "Number", "Total")
        assert [total for number, total in totals if number == "R-5"] != [5]


@pytest.mark.parametrize("layout", ["Invoices", "Invoices Plain"])
async def test_a_delete_that_waits_deletes_no_other_record(tmp_path: Path, layout: str) -> None:
    async with restorable(tmp_path) as (host, assistant):
        backup = host.backed_up()
        known = await their_invoice(host, {"fieldData": MINE})
        plan = await planned(assistant, "delete_records", layout=layout, ids=[known])
        host.restored(backup)
        await their_invoice(host)
        answer = await applied(assistant, plan)
        assert answer["state"] == "refused", answer
        await stands(assistant)


async def test_a_duplicate_and_a_script_for_each_record_spare_another_record(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant):
        backup = host.backed_up()
        known = await their_invoice(host, {"fieldData": MINE})
        copy = await planned(assistant, "create_records", layout="Invoices", copy_of=[known])
        handle = await found_set(assistant, Number="R-4")
        run = await planned(
            assistant, "run_script", script="Remind", parameter={"field": "Status"}, found_set=handle
        )
        host.restored(backup)
        await their_invoice(host)
        for plan in (copy, run):
            answer = await applied(assistant, plan)
            assert answer["state"] == "refused", answer
            assert "another record" in str(answer)
        assert not host.emulator.scripts_run
        assert len(await column(assistant, "Invoices", "Number")) == 4


async def test_what_it_was_chosen_by_must_still_hold(tmp_path: Path) -> None:
    """A related record's field is no part of the record, whose modId says nothing of it."""
    async with restorable(tmp_path) as (host, assistant):
        plan = await planned(
            assistant, "edit_records", layout="Lines by Customer", where={"Invoices::Customer": "Bo"},
            values={"Amount": 1},
        )  # fmt: skip
        await somebody(
            host.emulator, "PATCH", "Invoices/records/2", {"fieldData": {"Customer": "Cy"}}, file="Books"
        )
        host.emulator.disconnect_all()
        answer = await applied(assistant, plan)
        assert "'Invoices::Customer' was 'Bo' and is 'Cy'" in str(answer["details"])


async def test_while_the_file_stays_open_nothing_is_read_twice(tmp_path: Path) -> None:
    async with restorable(tmp_path) as (host, assistant):
        plan = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1", "2", "3"], values={"Total": 5}
        )
        before = len(host.emulator.requests)
        assert (await applied(assistant, plan))["records"] == {"done": 3}
        assert len(host.emulator.requests) - before <= 7
