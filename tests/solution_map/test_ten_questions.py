"""What an assistant can answer with a map and could not without one, each in two calls at most."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant
from .mapped_shop import MappedShop, mapped_shop

DATE = "2026-11-20"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MappedShop:
    return mapped_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
async def it(made: MappedShop) -> AsyncGenerator[Assistant]:
    async with made.assistant() as assistant:
        yield assistant


@pytest.mark.anyio
async def test_what_goes_along_when_a_customer_is_deleted(it: Assistant) -> None:
    plan = await it.ask("delete_records", layout="Customers", where={"ID": "C-0001"})
    told = " ".join(plan["warnings"])
    assert f"1 Remarks record goes with what is deleted (solution map of {DATE})" in told
    assert "may be deleted with them, if a relationship says so" not in told


@pytest.mark.anyio
async def test_why_filemaker_refuses_an_invoice(it: Assistant) -> None:
    answer = await it.ask("describe_layout", layouts=["Invoices"], fields=["Due"])
    described = answer["layouts"][0]
    assert "“An invoice is due after its date.”" in described["fields"]["Due"]
    assert described["map"]["Due"] == {"rule": "Due >= Date"}


@pytest.mark.anyio
async def test_how_a_balance_is_computed(it: Assistant) -> None:
    answer = await it.ask("describe_layout", layouts=["Customers"], fields=["Balance Due"])
    assert answer["layouts"][0]["map"]["by"] == f"the solution map of {DATE}"
    assert answer["layouts"][0]["fields"]["Balance Due"] == "number, calculation, unstored"
    # Credits are on no layout that is open, so the formula is withheld whole.
    assert answer["layouts"][0]["map"]["Balance Due"] == {"formula": "uses a field that is closed"}
    rating = await it.ask("describe_layout", layouts=["Customers"], fields=["Rating"])
    assert rating["layouts"][0]["map"]["Rating"] == {"formula": "If ( Margin > 10 ; 1 ; 2 )"}


@pytest.mark.anyio
async def test_why_a_search_is_slow_and_what_to_search_instead(it: Assistant) -> None:
    answer = await it.ask("find_records", layout="Invoices", where={"Overdue": 1})
    assert answer["slow"] == [
        "'Overdue' is unstored: FileMaker computes it for every record it compares. Stored is 'Due'."
    ]
    sorted_by = await it.ask("find_records", layout="Invoices", sort=["Overdue"], limit=1)
    assert "'Overdue' is unstored" in sorted_by["slow"][0]
    assert "slow" not in await it.ask("find_records", layout="Invoices", where={"Due": {"gte": "2026-06-01"}})


@pytest.mark.anyio
async def test_a_search_that_computes_every_record_of_a_large_table_waits_for_a_go_ahead(
    made: MappedShop, tmp_path: Path
) -> None:
    large = tmp_path / "solution"
    shutil.copytree(made.solution, large)
    heading = "Number,Customer ID,Date,Due,Status,Total\n"
    rows = "".join(f"I-{n},C-0001,2026-01-01,2026-02-01,Draft,{n}\n" for n in range(20_000))
    (large / "data" / "Shop.Invoices.csv").write_text(heading + rows, encoding="utf-8")
    async with made.assistant(Emulator([large])) as it:
        refusal = await it.refused("find_records", layout="Invoices", where={"Overdue": 1})
        assert "The table has 20,000 records, and 'Overdue' is unstored" in refusal
        assert "Stored is 'Due'" in refusal
        assert "go_ahead: true" in refusal
        assert all("_find" not in request.path for request in it.emulator.requests)
        answer = await it.ask("find_records", layout="Invoices", where={"Overdue": 1}, limit=1, go_ahead=True)
        assert answer["found"] == 20_000
        assert (await it.ask("find_records", layout="Invoices", where={"Number": "I-7"}))["found"] == 1


@pytest.mark.anyio
async def test_which_layout_shows_a_customers_payments(it: Assistant) -> None:
    answer = await it.ask("list_layouts", search="payments")
    assert answer["found_on"] == {"Customer Sheet": "portal Paid so far: table Payments"}


@pytest.mark.anyio
async def test_how_invoices_hang_together_with_products(it: Assistant) -> None:
    answer = await it.ask("describe_layout", layouts=["Invoices", "Lines"])
    invoices, lines = (each["map"] for each in answer["layouts"])
    assert (invoices["table"], invoices["key"]) == ("Invoices", "Number")
    assert invoices["related"]["Lines"] == "Number = Invoice Number, deleted with it"
    assert lines["related"]["Products"] == "SKU = SKU"
    assert "guesses" not in answer["layouts"][0]


@pytest.mark.anyio
async def test_what_a_script_would_do_and_which_one_sends_reminders(it: Assistant) -> None:
    scripts = {each["name"]: each for each in (await it.ask("list_scripts"))["scripts"]}
    assert scripts["Close Month"]["does"] == (
        "Set Field Invoices::Status; calls Send Reminders; leaves FileMaker in what it calls; uses its parameter; gives a result "
        f"(solution map of {DATE})"
    )
    assert scripts["Close Month"]["steps"][2] == 'Set Field [Invoices::Status; "Paid"]'
    assert scripts["Send Reminders"]["does"].startswith("leaves FileMaker (Send Mail)")
    assert "steps" not in scripts["Send Reminders"]
    assert scripts["Show Report"]["does"].startswith("goes to Invoices")


@pytest.mark.anyio
async def test_where_a_price_comes_from_and_whether_it_will_change(it: Assistant) -> None:
    answer = await it.ask("describe_layout", layouts=["Lines"])
    price = answer["layouts"][0]["fields"]["Price"]
    assert price == "number, copied from Products::Price when its relationship changes, and then stays"


@pytest.mark.anyio
async def test_why_somebody_elses_cases_cannot_be_seen(it: Assistant) -> None:
    rights = (await it.ask("check_connection"))["rights"]
    assert rights == {
        "privilege_set": "Assistant",
        "by": f"the solution map of {DATE}",
        "limits": ["Cases: view only where Owner = Get ( AccountName ), no edit, no create, no delete"],
    }
