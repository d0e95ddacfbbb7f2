"""Plans know what FileMaker would refuse, refill or take along, and undo brings back what went along."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from ..assistant import Assistant
from .mapped_shop import MappedShop, mapped_shop

pytestmark = pytest.mark.anyio
FIELDS = ["Customer ID", "Text"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MappedShop:
    return mapped_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
async def it(made: MappedShop) -> AsyncGenerator[Assistant]:
    async with made.assistant() as assistant:
        yield assistant


async def rows(it: Assistant, layout: str, fields: list[str], **where: object) -> list[list[object]]:
    found = await it.ask("find_records", layout=layout, where=where or None, fields=fields)
    return [row[1:] for row in found.get("rows", [])]


async def test_what_went_along_comes_back_with_an_undo_and_everything_is_counted(it: Assistant) -> None:
    remarks = await rows(it, "Remarks", FIELDS, **{"Customer ID": "C-0004"})
    assert remarks
    plan = await it.ask("delete_records", layout="Customers", where={"ID": "C-0004"})
    assert any(f"{len(remarks)} Remarks record" in each for each in plan["warnings"])
    assert (await it.carried_out(plan["change_id"]))["state"] == "done"
    assert await rows(it, "Remarks", FIELDS, **{"Customer ID": "C-0004"}) == []
    undo = await it.ask("undo_change", change_id=plan["change_id"])
    if undo["state"] == "planned":
        assert any("nor the solution map of 2026-11-20 shows" in each for each in undo["stays_as_it_is"])
        undo = await it.ask("apply_change", change_id=undo["change_id"])
    assert undo["state"] == "done"
    back = await rows(it, "Remarks", FIELDS, Text=remarks[0][1])
    assert [row[1] for row in back] == [remarks[0][1]]
    owner = str(back[0][0])
    assert len(await rows(it, "Customers", ["ID"], ID=owner)) == 1, (
        "the row hangs on the record that came back"
    )


async def test_cascades_behind_cascades_are_counted_too(it: Assistant) -> None:
    number = str((await rows(it, "Lines", ["Invoice Number"]))[0][0])
    plan = await it.ask("delete_records", layout="Invoices", where={"Number": number})
    told = " ".join(plan["warnings"])
    assert "Lines" in told
    assert "Customers record" not in told


@pytest.mark.parametrize(
    ("layout", "values", "says"),
    [
        ("Products", {"SKU": "SKU 3", "Name": "x"}, "'SKU' is unique, and record 3 has 'SKU 3' already"),
        ("Lines", {"Quantity": 101}, "'Quantity' takes 1 to 100, and this is 101"),
        ("Customers", {"ID": "C-9999", "Name": "x"}, "'ID' may not be changed by hand: FileMaker fills it"),
    ],
)
async def test_what_filemaker_would_refuse_is_refused_before_it_is_sent(
    it: Assistant, layout: str, values: dict[str, object], says: str
) -> None:
    sent = len(it.emulator.requests)
    refusal = await it.refused("create_records", layout=layout, records=[values])
    assert says in refusal
    assert "(solution map of 2026-11-20)" in refusal
    assert "Nothing was changed" in refusal
    assert all(
        request.method != "POST" or not request.path.endswith("/records")
        for request in it.emulator.requests[sent:]
    )


async def test_two_new_records_may_not_share_what_is_unique(it: Assistant) -> None:
    refusal = await it.refused("create_records", layout="Products", records=[{"SKU": "new"}, {"SKU": "NEW"}])
    assert "'SKU' is unique, and 'new' is given twice" in refusal


async def test_a_value_outside_the_list_of_a_rule_is_refused_though_the_layout_offers_it_loosely(
    it: Assistant,
) -> None:
    refusal = await it.refused("edit_records", layout="Invoices", records={"1": {"Status": "Lost"}})
    assert "Status" in refusal


async def test_a_plan_says_what_filemaker_refills_checks_and_copies(it: Assistant) -> None:
    plan = await it.ask("edit_records", layout="Customers", records={"2": {"Label": "Mine"}})
    assert (
        "FileMaker refills 'Label' by a formula, so what is written may not stay. (solution map of 2026-11-20)"
        in plan["warnings"]
    )
    due = await it.ask("edit_records", layout="Invoices", records={"2": {"Due": "2026-12-01"}})
    assert (
        "FileMaker checks 'Due': “An invoice is due after its date.” (solution map of 2026-11-20)"
        in due["warnings"]
    )
    line = await it.ask("edit_records", layout="Lines", records={"2": {"SKU": "SKU 5"}})
    assert (
        "FileMaker copies 'Price' anew from Products::Price. (solution map of 2026-11-20)" in line["warnings"]
    )


async def test_what_the_record_has_already_is_not_refused_as_unique(it: Assistant) -> None:
    plan = await it.ask("edit_records", layout="Products", records={"3": {"SKU": "sku 3"}})
    assert plan["state"] == "planned"


async def test_a_delete_takes_nothing_along_that_the_owners_script_deletes(made: MappedShop) -> None:
    """On layouts that show no row of it, too, and where the table is closed."""
    through: dict[str, Any] = {"Remarks": {"script": "Close Month", "deletes": True}}
    cases: tuple[dict[str, Any], ...] = ({}, {"access_by_layout": {"Remarks": "none"}})
    for more in cases:
        async with made.assistant(write_through=through, **more) as it:
            text = await it.refused("delete_records", layout="Customers", where={"ID": "C-0004"})
            told = "Some" if more else "Remarks"
            assert f"{told} records would go with what is deleted (solution map of 2026-11-20)" in text, text
    async with made.assistant(write_through=through | {"Customers": {}}) as it:
        plan = await it.ask("delete_records", layout="Customers", where={"ID": "C-0006"})
        assert plan["state"] == "planned"


def with_cascades(made: MappedShop, to: Path, *deletes: tuple[int, str]) -> Path:
    """The map with more relationships that delete; the host stays as it is."""
    tree = json.loads(made.map.read_text(encoding="utf-8"))
    for number, side in deletes:
        tree["solution"]["files"]["Shop"]["relations"][number].setdefault("delete", []).append(side)
    to.write_text(json.dumps(tree), encoding="utf-8")
    return to


async def test_cascades_in_a_row_are_followed_and_in_a_circle_end(made: MappedShop, tmp_path: Path) -> None:
    deeper = with_cascades(made, tmp_path / "deeper.json", (1, "right"), (0, "left"), (1, "left"))
    async with made.assistant(map=str(deeper)) as it:
        invoices = await rows(it, "Invoices", ["Number", "Customer ID"])
        lines = await rows(it, "Lines", ["Invoice Number"])
        owner = next(str(c) for n, c in invoices if any(line[0] == n for line in lines))
        own = [n for n, c in invoices if c == owner]
        far = [line for line in lines if line[0] in own]
        plan = await it.ask("delete_records", layout="Customers", where={"ID": owner})
        told = " ".join(plan["warnings"])
        assert f"{len(own)} Invoices record" in told
        assert f"{len(far)} Lines record" in told
        assert "Customers record" not in told
        assert f"Of these, {len(far)} cannot be restored" in told


async def test_a_cascade_that_no_open_layout_lets_be_counted_is_told_without_a_count(
    made: MappedShop, tmp_path: Path
) -> None:
    deeper = with_cascades(made, tmp_path / "credits.json", (4, "right"))
    async with made.assistant(map=str(deeper), layouts=["Invoices", "Customer Sheet"]) as it:
        plan = await it.ask("delete_records", layout="Invoices", where={"Number": "I-0001"})
        told = " ".join(plan["warnings"])
        assert "Payments records go with what is deleted" in told
        assert "no open layout lets them be counted" in told


async def test_what_filemaker_would_refuse_of_a_sheet_spoils_its_rows_alone(
    made: MappedShop, tmp_path: Path
) -> None:
    tmp_path.joinpath("products.csv").write_text(
        "SKU,Name\nSKU 3,Taken\nNEW 1,One\nNEW 2,Two\nnew 2,Again\n", encoding="utf-8"
    )
    tmp_path.joinpath("lines.csv").write_text("id,Quantity\n1,101\n2,7\n3,8\n", encoding="utf-8")
    async with made.assistant(files_folder=str(tmp_path)) as it:
        plan = await it.ask("create_records", layout="Products", file="products.csv")
        notes = " ".join(plan["notes"])
        assert "4 rows, 1 new, 0 to change, 3 faulty." in notes
        assert (
            "row 2: 'SKU' is unique, and record 3 has 'SKU 3' already (solution map of 2026-11-20)" in notes
        )
        assert "row 4: 'SKU' is unique, and 'NEW 2' is given twice" in notes
        plan = await it.ask("edit_records", layout="Lines", file="lines.csv", key="id")
        notes = " ".join(plan["notes"])
        assert "3 rows, 0 new, 2 to change, 1 faulty." in notes
        assert "row 2: 'Quantity' takes 1 to 100, and this is 101" in notes
