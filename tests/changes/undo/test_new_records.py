"""A new record is taken back with the rows that came with it, and without those that it only borrowed."""

from __future__ import annotations

from typing import Any

import pytest

from ...assistant import Assistant
from ..books_host import books, column, in_books
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio
NEW = {"Number": "R-9", "Payments": {"add": [{"Amount": 5, "Day": "2026-03-02"}, {"Amount": 6}]}}


async def payments(assistant: Assistant) -> list[tuple[Any, ...]]:
    return await column(assistant, "Payments", "Invoice Number", "Amount")


async def test_rows_that_came_with_a_new_record_go_with_it_though_nothing_deletes_them() -> None:
    async with in_books() as assistant:
        before = await payments(assistant)
        await made(assistant, "create_records", layout="Invoices", records=[NEW])
        assert len(await payments(assistant)) == len(before) + 2
        back = await assistant.ask("undo_change")
        assert "with 2 related rows" in back["summary"]
        assert (await applied(assistant, back))["state"] == "done"
        assert await payments(assistant) == before
        assert "R-9" not in str(await column(assistant, "Invoices", "Number"))


async def test_with_edit_access_alone_its_rows_go_too() -> None:
    async with in_books(None, {"FILEMAKER_ACCESS": "edit"}) as assistant:
        before = await payments(assistant)
        await made(assistant, "create_records", layout="Invoices", records=[NEW, {"Number": "R-8"}])
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        assert await payments(assistant) == before


async def test_a_row_on_which_somebody_worked_keeps_the_new_record() -> None:
    async with in_books() as assistant:
        done = await made(assistant, "create_records", layout="Invoices", records=[NEW])
        await made(assistant, "edit_records", layout="Payments", ids=["2"], values={"Remark": "seen"})
        said = await assistant.refused("undo_change", change_id=done["change_id"])
        assert "a row of 'Payments' that it came with was changed" in said
        assert len(await payments(assistant)) == 3


async def split(assistant: Assistant) -> dict[str, Any]:
    """A new invoice, to which a line of another one is moved."""
    plan = await planned(assistant, "create_records", layout="Invoices", records=[{"Number": "R-1b"}])
    line = {"Invoice Number": {"step": 1, "field": "Number"}}
    plan = await planned(
        assistant, "edit_records", layout="Lines", ids=["2"], values=line, change_id=plan["change_id"]
    )
    return await applied(assistant, plan)


async def test_an_invoice_that_was_split_is_one_again() -> None:
    async with in_books() as assistant:
        lines = await column(assistant, "Lines", "Invoice Number", "Text")
        assert (await split(assistant))["state"] == "done"
        assert ("R-1b", "Tar") in await column(assistant, "Lines", "Invoice Number", "Text")
        back = await assistant.ask("undo_change")
        assert "stays_as_it_is" not in back
        assert (await applied(assistant, back))["state"] == "done"
        assert await column(assistant, "Lines", "Invoice Number", "Text") == lines
        assert len(await column(assistant, "Invoices", "Number")) == 3


async def test_a_moved_line_that_cannot_be_moved_back_is_never_deleted_with_the_new_invoice() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        done = await split(assistant)
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        await made(assistant, "edit_records", layout="Lines", ids=["2"], values={"Amount": 41})
        answer = await applied(assistant, back, go_on=True)
        assert answer["records"] == {"refused": 2}
        assert ("R-1b", "Tar") in await column(assistant, "Lines", "Invoice Number", "Text")
        await applied(assistant, await assistant.ask("undo_change"))  # the 41
        again = await assistant.ask("undo_change", change_id=done["change_id"])
        assert (await applied(assistant, again))["state"] == "done"
        assert len(await column(assistant, "Invoices", "Number")) == 3
        assert ("R-1", "Tar") in await column(assistant, "Lines", "Invoice Number", "Text")


async def test_a_strange_row_beside_a_moved_one_keeps_the_new_invoice() -> None:
    async with in_books() as assistant:
        done = await split(assistant)
        theirs = {"Invoice Number": "R-1b", "Text": "theirs"}
        await made(assistant, "create_records", layout="Lines", records=[theirs])
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        assert "it has rows of 'Lines' that this change did not make" in str(back["stays_as_it_is"])
        await applied(assistant, back)
        assert ("R-1", "Tar") in await column(assistant, "Lines", "Invoice Number", "Text")
        assert ("R-1b", "theirs") in await column(assistant, "Lines", "Invoice Number", "Text")
