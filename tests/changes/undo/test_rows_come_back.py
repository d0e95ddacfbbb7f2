"""What goes with a record, or out of a portal, comes back whole through its own layout; what cannot is said in the plan."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ...host_of import host_of
from ..books_host import FOLDER, books, column, in_books
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio
LINES = ("Invoice Number", "Text", "Amount", "Account")
HIDDEN_LAYOUT = {"FILEMAKER_LAYOUTS": '["Invoices", "Invoices Plain", "Notes", "Payments"]'}


def with_all_lines(folder: Path) -> Emulator:
    """The books, where the layout *Lines* is of another occurrence of that table than the portal and the other layout."""
    shutil.copytree(FOLDER, folder / "books")
    definition = folder / "books" / "books.toml"
    text = definition.read_text(encoding="utf-8").replace(
        '[layouts.Lines]\noccurrence = "Lines"', '[layouts.Lines]\noccurrence = "All Lines"'
    )
    text = text.replace(
        "[layouts.Invoices]", '[occurrences."All Lines"]\ntable = "Lines"\n\n[layouts.Invoices]', 1
    )
    definition.write_text(text, encoding="utf-8")
    return Emulator([folder / "books"])


async def test_a_row_that_its_portal_cannot_make_comes_back_whole() -> None:
    """The portal of lines makes no rows, and does not show their account."""
    async with in_books() as assistant:
        before = await column(assistant, "Lines", *LINES)
        gone = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Lines": {"remove": ["1"]}}
        )
        assert "no layout of their own" not in str(gone.get("warnings", ""))
        assert (await applied(assistant, gone))["state"] == "done"
        assert len(await column(assistant, "Lines", *LINES)) == 2
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert sorted(await column(assistant, "Lines", *LINES)) == sorted(before)
        assert "taken back already" in await assistant.refused("undo_change", change_id=gone["change_id"])


@pytest.mark.parametrize("told", [True, False], ids=["tables says so", "tables says nothing"])
async def test_a_row_comes_back_through_a_layout_of_another_occurrence_of_its_table(
    tmp_path: Path, told: bool
) -> None:
    emulator = with_all_lines(tmp_path)
    rules = {"FILEMAKER_LAYOUTS": '["Invoices", "Lines"]'}
    rules |= {"FILEMAKER_TABLES": '{"All Lines": "Lines"}'} if told else {}
    async with in_books(emulator, rules) as assistant:
        before = await column(assistant, "Lines", *LINES)
        gone = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Lines": {"remove": ["1"]}}
        )
        assert ("no layout of their own" in str(gone.get("warnings", ""))) is not told
        await applied(assistant, gone)
        if told:
            await applied(assistant, await assistant.ask("undo_change"))
            assert sorted(await column(assistant, "Lines", *LINES)) == sorted(before)


async def test_fields_and_removed_rows_of_one_edit_come_back_together() -> None:
    async with in_books() as assistant:
        before = await column(assistant, "Lines", *LINES)
        values = {"Customer": "Zoe", "Lines": {"remove": ["1", "2"]}}
        await made(assistant, "edit_records", layout="Invoices", ids=["1"], values=values)
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        assert sorted(await column(assistant, "Lines", *LINES)) == sorted(before)
        assert ("Ada",) in await column(assistant, "Invoices", "Customer")


async def test_what_a_delete_took_along_comes_back_with_what_the_portal_does_not_show() -> None:
    async with in_books() as assistant:
        before = await column(assistant, "Lines", *LINES)
        paid = await column(assistant, "Payments", "Invoice Number", "Amount", "Remark")
        await made(assistant, "delete_records", layout="Invoices", ids=["1"])
        assert len(await column(assistant, "Lines", *LINES)) == 1
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert sorted(await column(assistant, "Lines", *LINES)) == sorted(before)
        assert await column(assistant, "Payments", "Invoice Number", "Amount", "Remark") == paid, (
            "they were never gone"
        )


async def test_without_a_layout_of_their_own_the_plan_says_what_would_be_lost() -> None:
    async with in_books(None, HIDDEN_LAYOUT) as assistant:
        gone = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Lines": {"remove": ["1"]}}
        )
        assert "Rows of 'Lines' can come back only as far as the portal shows them" in str(gone["warnings"])
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=["1"])
        assert "Rows of 'Lines' can come back only as far as" in str(plan["warnings"])
        await applied(assistant, plan)
        back = await assistant.ask("undo_change")
        assert "rows of 'Lines' come back with the fields that it shows" in str(back["stays_as_it_is"])


@pytest.mark.parametrize("layout", ["Invoices", "Invoices Plain", "Payments"])
async def test_any_delete_says_that_related_records_may_go_along_and_its_undo_that_it_cannot_know(
    layout: str,
) -> None:
    """The notes of an invoice are in no portal, and go with it."""
    async with in_books() as assistant:
        plan = await planned(assistant, "delete_records", layout=layout, ids=["1"])
        assert "Related records that this layout does not show may be deleted with them" in str(
            plan["warnings"]
        )
        await applied(assistant, plan)
        back = await assistant.ask("undo_change")
        assert "cannot be known" in str(back["stays_as_it_is"])
        (shown,) = (await assistant.ask("list_changes", limit=1))["changes"]
        assert shown["change_id"] == back["change_id"]


async def test_a_host_that_does_not_tell_whose_a_layout_is_is_helped_by_its_name() -> None:
    emulator = host_of(FOLDER, profile=18)
    async with in_books(emulator) as assistant:
        before = await column(assistant, "Lines", *LINES)
        await made(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Lines": {"remove": ["1"]}}
        )
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        assert sorted(await column(assistant, "Lines", *LINES)) == sorted(before)


async def test_what_the_owner_keeps_from_being_written_does_not_come_back_and_is_named() -> None:
    closed = {"FILEMAKER_READ_ONLY_FIELDS": '{"Lines": ["Account"]}'}
    async with in_books(None, closed) as assistant:
        await made(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Lines": {"remove": ["1"]}}
        )
        back = await assistant.ask("undo_change")
        assert "'Account' cannot be written and does not come back" in str(back["stays_as_it_is"])
        assert (await applied(assistant, back))["state"] == "done"
        accounts = dict(await column(assistant, "Lines", "Text", "Account"))
        assert accounts["Rope"] == "4000", "as FileMaker fills it"


async def test_a_whole_step_of_deletes_reads_its_rows_with_few_requests() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        before = len(emulator.requests)
        plan: dict[str, Any] = await planned(
            assistant, "delete_records", layout="Invoices", ids=["1", "2", "3"]
        )
        assert plan["changes"]
        assert len(emulator.requests) - before <= 16


async def test_what_an_undo_could_not_bring_back_is_named_in_the_plan() -> None:
    closed = {"FILEMAKER_READ_ONLY_FIELDS": '{"Invoices": ["Status"]}'}
    async with in_books(None, closed) as assistant:
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=["1"])
        assert "'Status' cannot be written by this assistant, so it would not be restored" in str(
            plan["warnings"]
        )
        assert "FileMaker may fill 'ID'" in str(plan["warnings"])
        run = await planned(assistant, "run_script", script="Remind", parameter="R-1")
        assert "What the script 'Remind' does cannot be taken back" in str(run["warnings"])
