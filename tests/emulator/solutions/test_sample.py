"""The sample solution, as a client meets it."""

from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.sample.generate import main

from ..emulated_host import SAMPLE, code, host, rows

pytestmark = pytest.mark.anyio


async def test_every_layout_of_the_sample_shows_records() -> None:
    async with host() as client:
        await client.log_in("Admin")
        listed = (await client.send("GET", "layouts")).json()["response"]["layouts"]
        names = [item["name"] for folder in listed for item in folder["folderLayoutNames"]]
        assert len(names) == 14
        for name in names:
            response = await client.send("GET", f"layouts/{name}/records", params={"_limit": "3"})
            assert code(response) == "0", name


async def test_all_rows_of_the_sample_fit_their_tables() -> None:
    async with host() as client:
        client.emulator.load()
        await client.log_in()
        for layout, count in (("Customers", 400), ("Contacts", 900), ("Invoices", 1500), ("Products", 150)):
            response = await client.send("GET", f"layouts/{layout}/records", params={"_limit": "1"})
            assert response.json()["response"]["dataInfo"]["totalRecordCount"] == count


async def test_an_invoices_total_is_the_sum_of_its_lines() -> None:
    async with host() as client:
        await client.log_in()
        [invoice] = rows(await client.find("Invoices", {"Number": "==INV-00001"}))
        lines = invoice["portalData"]["Lines"]
        assert invoice["fieldData"]["Total"] == pytest.approx(sum(line["Lines::Amount"] for line in lines))


async def test_the_accounts_of_the_sample_may_do_what_their_names_say() -> None:
    async with host() as client:
        assert (await client.log_in("visitor")).status_code == 401
        await client.log_in("reader")
        assert code(await client.create("API Tasks", {"Title": "no"})) == "9"
        assert code(await client.send("GET", "layouts/Payroll/records")) == "105"
        await client.log_in("assistant")
        assert code(await client.create("API Tasks", {"Title": "yes"})) == "0"
        await client.log_in("Admin")
        assert code(await client.send("GET", "layouts/Payroll/records")) == "0"


@pytest.mark.parametrize(
    ("script", "parameter", "result", "error"),
    [
        ("Echo", "hello & good-bye", "hello & good-bye", "0"),
        ("Fail", "", "This script always fails.", "5"),
        ("Restock", "00417", "1", "101"),  # it ends with a loop
        ("Send Reminder", "INV-99999", '{"ok": false, "error": "There is no invoice INV-99999."}', "0"),
    ],
)
async def test_scripts_of_the_sample_answer(script: str, parameter: str, result: str, error: str) -> None:
    async with host() as client:
        await client.log_in()
        response = await client.send(
            "GET", f"layouts/Customers/script/{script}", params={"script.param": parameter}
        )
        assert response.json()["response"] == {"scriptResult": result, "scriptError": error}


def test_the_data_of_the_sample_is_what_its_generator_makes(tmp_path: Path) -> None:
    main(tmp_path)
    made = {each.relative_to(tmp_path): lines_of(each) for each in tmp_path.rglob("*.*")}
    assert len(made) > 40
    assert all(lines_of(SAMPLE / name) == content for name, content in made.items())


def lines_of(path: Path) -> list[bytes]:
    """A checkout may have given text files the line ends of its system."""
    return path.read_bytes().splitlines()
