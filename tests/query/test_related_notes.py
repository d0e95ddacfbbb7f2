"""Notes belong to a table: they hold on its other layouts and for related fields of it, and the answer says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted
from .ledger import Ledger, kept

pytestmark = pytest.mark.anyio

NOTES = """
approved = true

[layouts.Contacts]
[[layouts.Contacts.leave_out]]
label = "archived contacts"
where = { Archived = 1 }

[layouts.Contacts.spellings."E-Mail"]
"kunde1@example.org" = ["kunde2@example.org"]

[layouts.Contacts.languages]
"E-Mail" = "Unicode"

[layouts.Invoices]
date = "Date"

[layouts.Invoices.fields]
Total = ["amount"]
Number = ["no"]

[[layouts.Invoices.leave_out]]
label = "cancelled invoices"
where = { Status = "cancelled" }
"""


@asynccontextmanager
async def noted(folder: Path) -> AsyncGenerator[tuple[Assistant, Ledger]]:
    ledger, solution = kept(1_000)
    file = folder / "ledger.notes.toml"
    file.write_text(NOTES, encoding="utf-8")
    settings = {"FILEMAKER_DATABASE": "Ledger", "FILEMAKER_NOTES": str(file)}
    async with assisted(settings, emulator=Emulator(solution)) as assistant:
        yield assistant, ledger


async def test_archived_contacts_make_no_customer_one_with_contacts(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        counting = {contact.customer for contact in ledger.contacts if not contact.archived}
        every = {contact.customer for contact in ledger.contacts}
        assert counting < every
        for question in (
            {"where": {"Contacts::ID": None}},
            {"omit": {"Contacts::ID": {"empty": False}}},
            {"where": {"Contacts::ID": {"not": {"starts_with": "C"}}}},
        ):
            answer = await assistant.ask("find_records", layout="Customers", limit=1, **question)
            assert answer["found"] == len(ledger.customers) - len(counting), question
            assert "the notes on layout 'Contacts' hold for 'Contacts'" in answer["notes"]
        asked_for = await assistant.ask(
            "find_records",
            layout="Customers",
            where={"Contacts::Archived": 1, "Contacts::ID": {"empty": False}},
        )
        assert asked_for["found"] == len(every - counting)
        across = await assistant.ask(
            "find_records",
            layout="Customers",
            where={"ID": {"not_in": {"layout": "Contacts", "field": "Customer ID"}}},
            limit=1,
        )
        assert across["found"] == len(ledger.customers) - len(counting)
        assert any(
            note.startswith("Contacts: ") and "archived contacts left out" in note for note in across["notes"]
        )


async def test_spellings_of_a_related_field_are_those_of_its_table(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        answer = await assistant.ask(
            "find_records", layout="Customers", where={"Contacts::E-Mail": "kunde2@example.org"}, limit=5
        )
        wanted = {"kunde1@example.org", "kunde2@example.org"}
        assert answer["found"] == len(
            {c.customer for c in ledger.contacts if c.email in wanted and not c.archived}
        )
        assert any("includes 'kunde2@example.org'" in note for note in answer["notes"])


async def test_another_layout_of_the_table_has_the_same_notes(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        answer = await assistant.ask(
            "summarize_records", layout="Invoices and Customers", measures=["sum amount"]
        )
        assert answer["found"] == sum(invoice.status != "cancelled" for invoice in ledger.invoices)
        assert "the notes on layout 'Invoices' hold for this table" in answer["notes"]


async def test_a_synonym_is_a_whole_name(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, _):
        answer = await assistant.ask(
            "summarize_records",
            layout="Invoices",
            group_by=["Status"],
            measures=[{"min": "date"}, {"average": {"days_between": ["date", "Paid On"]}}, "sum amount"],
            sort=["min Date", "-sum amount"],
            having={"average days_between(date, Paid On)": {"gte": 0}},
        )
        assert answer["columns"] == ["Status", "min Date", "average days_between(Date, Paid On)", "sum Total"]


async def test_a_language_in_the_notes_tells_how_texts_compare(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        answer = await assistant.ask(
            "summarize_records",
            layout="Contacts",
            measures=[{"distinct": "E-Mail"}],
            where={"Archived": [1, 0]},
        )
        archived = {c.email for c in ledger.contacts if c.archived}
        assert answer["figures"]["distinct E-Mail"] == len(archived)
