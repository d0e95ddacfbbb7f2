"""A map knows the base table behind each occurrence: the owner's rules hold through all of them, and for what moves a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ..assistant import Assistant
from .export_writer import Export
from .mapped_shop import MappedShop, mapped_shop
from .shop import SHOP, VERSIONS

pytestmark = pytest.mark.anyio

PAYMENTS = ["Payments::Invoice Number", "Payments::Paid"]
MORE: tuple[tuple[str, str, list[str], list[tuple[str, list[str]]]], ...] = (
    ("Payments", "Payments", PAYMENTS, []),
    (
        "Payments of Customers",
        "Customer Payments",
        ["Customer Payments::Invoice Number", "Customer Payments::Paid"],
        [],
    ),
    (
        "Bills",
        "Invoices",
        ["Invoices::Number", "Customers::City", "Invoices::Customer ID", "Invoices::Total"],
        [],
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MappedShop:
    shape = replace(SHOP, layouts=[*SHOP.layouts, *MORE])
    return mapped_shop(tmp_path_factory.mktemp("shop"), Export(shape, "2.2.3.0", VERSIONS["2.2.3.0"]))


async def first(it: Assistant, layout: str, field: str) -> str:
    found = await it.ask("find_records", layout=layout, fields=[field], limit=1)
    return str(found["rows"][0][0])


async def test_another_occurrence_of_the_table_goes_past_no_script_no_condition_and_no_log(
    made: MappedShop,
) -> None:
    where = "Payments of Customers"
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"write_through": {"Payments": "Close Month"}}, "by the owner's script, on 'Payments'"),
        ({"change_only_where": {"Payments": {"Paid": {"gt": 0}}}}, "are changed, on 'Payments'; through"),
        ({"journal_table": "Payments"}, "are the owner's own log of changes"),
    )
    record = ""
    for case, told in cases:
        async with made.assistant(**case) as it:
            record = await first(it, where, "Paid")
            text = await it.refused("edit_records", layout=where, ids=[record], values={"Paid": 1})
            assert told in text
        async with made.assistant(**case, map=None, map_shows=None) as it:  # nothing but the map knows
            plan = await it.ask("edit_records", layout=where, ids=[record], values={"Paid": 1})
            assert plan["state"] == "planned"
    rules: dict[str, Any] = {"write_through": {"Payments": "Close Month", where: {}}}
    async with made.assistant(**rules) as it:
        assert (await it.ask("edit_records", layout=where, ids=[record], values={"Paid": 1}))[
            "state"
        ] == "planned"
    tables = {"Customer Payments": "Payments"}
    async with made.assistant(
        write_through={"Payments": "Close Month"}, tables=tables, map=None, map_shows=None
    ) as it:  # the owner's own words do as well
        text = await it.refused("edit_records", layout=where, ids=[record], values={"Paid": 1})
        assert "would go past it" in text


async def test_a_record_is_not_moved_out_of_a_condition_on_the_record_it_belongs_to(made: MappedShop) -> None:
    rule: dict[str, Any] = {"Bills": {"Customers::City": {"empty": False}}, "Invoices": {}}
    async with made.assistant(change_only_where=rule) as it:
        record = await first(it, "Bills", "Total")
        moved = {"Customer ID": "C-0001", "Total": 5}
        text = await it.refused("edit_records", layout="Bills", ids=[record], values=moved)
        assert (
            "With another 'Customer ID' the record of 'Bills' would belong to another record of 'Customers'"
            in text
        )
        plan = await it.ask("edit_records", layout="Bills", ids=[record], values={"Total": 5})
        assert "moves it" not in str(plan)
