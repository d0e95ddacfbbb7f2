"""A related field or row counts as the table it lies in: what is closed on every layout of a table stays closed elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..assistant import said
from ..changes.workshop_host import planned
from .sales_host import in_sales, sales

pytestmark = pytest.mark.anyio

NAME: dict[str, Any] = {"ids": ["1"], "values": {"Customers::Name": "Mallory"}}


@pytest.mark.parametrize(
    ("rules", "arguments"),
    [
        ({"access_by_layout": {"Customers": "read"}}, NAME),
        ({"access_by_layout": {"customers": "read"}}, NAME),
        ({"access_by_layout": {"Customers": "none"}}, NAME),
        ({"read_only_fields": {"Customers": ["Name"]}}, NAME),
        ({"hidden_fields": {"Customers": ["Name"]}}, NAME),
        ({"access": "read", "access_by_layout": {"Contacts": "edit"}}, NAME),
        (
            {"access_by_layout": {"Customers": "read"}, "tables": {"Billing": "Customers"}},
            {"ids": ["1"], "values": {"Billing::Region": "West"}},
        ),
    ],
    ids=str,
)
async def test_what_is_closed_on_its_own_layouts_is_not_written_through_another(
    rules: dict[str, Any], arguments: dict[str, Any]
) -> None:
    emulator = sales()
    async with in_sales(emulator, **rules) as assistant:
        before = emulator.digest()
        refused = await assistant.refused("edit_records", layout="Contacts", **arguments)
        assert "owner's settings" in refused or "There is no field" in refused
        assert emulator.digest() == before


async def test_an_occurrence_counts_as_a_table_of_its_own_unless_the_owner_says_otherwise() -> None:
    async with in_sales(access_by_layout={"Customers": "read"}) as assistant:
        values = {"Billing::Region": "West"}
        plan = await planned(assistant, "edit_records", layout="Contacts", ids=["1"], values=values)
        assert plan["changes"][0]["fields"] == {"Billing::Region": ["North", "West"]}


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        ({"fields": {"Customers": ["Number", "Name"]}}, ["K-1", "111", "O-1"]),
        ({"hidden_fields": {"Contacts": ["Phone"]}}, ["111"]),
        ({"fields": {"Contacts": ["ID", "Name"]}}, ["111"]),
        ({"access_by_layout": {"Contacts": "none"}}, ["K-1", "Ann", "111"]),
        ({"hidden_fields": {"*": ["Phone"]}}, ["111"]),
    ],
    ids=str,
)
async def test_what_is_closed_on_its_own_layouts_is_not_shown_through_another(
    rules: dict[str, Any], hidden: list[str]
) -> None:
    """Nor counted, sorted by, or found by: a bare name in `fields` opens the layout's own fields and no related ones."""
    async with in_sales(**rules) as assistant:
        for tool, arguments in (
            ("get_record", {"id": "1"}),
            ("find_records", {}),
            ("find_records", {"portals": ["Contacts", "Orders"]}),
            ("describe_layout", {"layouts": ["Customers"]}),
            ("find_records", {"where": {"Contacts::Phone": "111"}}),
            ("find_records", {"fields": ["Contacts::Phone"]}),
        ):
            layout = {} if tool == "describe_layout" else {"layout": "Customers"}
            answer = said(await assistant.call(tool, **layout, **arguments))
            told = answer.partition('"understood"')[0] if "where" in arguments else answer
            assert not [value for value in hidden if f'"{value}"' in told], (tool, arguments, answer)


@pytest.mark.parametrize(
    "rules",
    [
        {"fields": {"Customers": ["Number", "Name"]}},
        {"hidden_fields": {"Contacts": ["ID", "Customer", "Name", "Phone"]}},
    ],
    ids=str,
)
async def test_of_a_portal_without_an_open_field_not_even_the_number_of_rows_is_told(
    rules: dict[str, Any],
) -> None:
    async with in_sales(**rules) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        assert "Contacts" not in record.get("portals", {})
        plan = await planned(assistant, "delete_records", layout="Customers", ids=["1"])
        assert "Contacts" not in str(plan)
        for tool, arguments in (
            ("find_records", {"portals": ["Contacts"]}),
            ("get_record", {"id": "1", "portals": ["Contacts"]}),
            ("edit_records", {"ids": ["1"], "values": {"Contacts": {"remove": ["1"]}}}),
        ):
            await assistant.refused(tool, layout="Customers", **arguments)


async def test_a_related_field_is_opened_by_its_whole_name() -> None:
    async with in_sales(fields={"Customers": ["Number", "Contacts::ID"]}) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        assert record["fields"] == {"Number": "C-0017"}
        assert record["portals"]["Contacts"]["columns"] == ["id", "ID"]


async def test_rows_of_a_table_that_may_not_be_deleted_are_not_removed_through_a_portal() -> None:
    async with in_sales(access_by_layout={"Contacts": "edit"}) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        row = record["portals"]["Contacts"]["rows"][0][0]
        remove = {"Contacts": {"remove": [row]}}
        refused = await assistant.refused("edit_records", layout="Customers", ids=["1"], values=remove)
        assert "'Contacts', the table that they lie in" in refused


async def test_a_table_that_no_rule_speaks_of_is_as_open_as_the_layout_that_shows_it() -> None:
    """`layouts` names the layouts that exist; a table without one of them has nothing that could close it."""
    async with in_sales(layouts=["Customers"]) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        assert {"Contacts", "Orders"} <= set(record["portals"])
        values = {"Contacts": {"add": [{"Name": "New"}]}}
        plan = await planned(assistant, "edit_records", layout="Customers", ids=["1"], values=values)
        assert plan["state"] == "planned"


ROWS = {"Orders": {"add": [{"Orders::Remark": "x"}]}}
OWN_IS_FREE: dict[str, Any] = {"approval": "person", "approval_by_layout": {"Customers": "client"}}
AGREED: dict[str, tuple[dict[str, Any], str, dict[str, Any], bool]] = {
    "a related field": (
        {"approval_by_field": {"Staff": {"Salary": "person"}}},
        "Customers",
        {"Staff::Salary": 7},
        True,
    ),
    "its layout": ({"approval_by_layout": {"staff": "person"}}, "Customers", {"Staff::Salary": 7}, True),
    "a new row": ({"approval_by_layout": {"Orders": "person"}}, "Customers", ROWS, True),
    "a field of a row": ({"approval_by_field": {"Orders": {"Remark": "person"}}}, "Customers", ROWS, True),
    "an occurrence of the table": (
        {"approval_by_field": {"Customers": {"Region": "person"}}, "tables": {"Billing": "Customers"}},
        "Contacts",
        {"Billing::Region": "x"},
        True,
    ),
    "another occurrence": (
        {"approval_by_field": {"Customers": {"Region": "person"}}},
        "Contacts",
        {"Billing::Region": "x"},
        False,
    ),
    "another field of the row": (
        {"approval_by_field": {"Orders": {"Amount": "person"}}},
        "Customers",
        ROWS,
        False,
    ),
    "a field of the layout that is left to the client": (OWN_IS_FREE, "Customers", {"Name": "x"}, False),
    "rows of a table of which nothing is said": (OWN_IS_FREE, "Customers", ROWS, True),
    "a related field of such a table": (OWN_IS_FREE, "Customers", {"Staff::Salary": 7}, True),
    "rows of a table that is left to the client as well": (
        {"approval": "person", "approval_by_layout": {"Customers": "client", "Orders": "client"}},
        "Customers",
        ROWS,
        False,
    ),
    "a row that little depends on": (OWN_IS_FREE | {"approval": "by_risk"}, "Customers", ROWS, False),
    "a field of its own of that name": (
        {"approval_by_field": {"Customers": {"Name": "person"}}},
        "Contacts",
        {"Name": "x"},
        False,
    ),
}


@pytest.mark.parametrize(("rules", "layout", "values", "asks"), AGREED.values(), ids=list(AGREED))
async def test_a_person_agrees_to_what_reaches_a_table_through_another_layout_too(
    rules: dict[str, Any], layout: str, values: dict[str, Any], asks: bool
) -> None:
    async with in_sales(**rules) as assistant:
        plan = await planned(assistant, "edit_records", layout=layout, ids=["1"], values=values)
        answer = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (answer["state"] == "planned") == asks, answer


@pytest.mark.parametrize("how", ["row", "removed"])
async def test_a_person_agrees_to_rows_that_come_or_go_where_the_owner_asks_for_one(how: str) -> None:
    async with in_sales(approval_by_layout={"Contacts": "person"}) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        row = record["portals"]["Contacts"]["rows"][0][0]
        change = {"edit": [{"id": row, "Contacts::Name": "x"}]} if how == "row" else {"remove": [row]}
        values = {"Contacts": change}
        plan = await planned(assistant, "edit_records", layout="Customers", ids=["1"], values=values)
        answer = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert answer["state"] == "planned", answer


@pytest.mark.parametrize(
    "rules",
    [
        {"mask": {"Orders": {"Remark": "last4"}}},
        {"mask": {"Orders": {"remark": "last4"}}, "read_only_fields": {"..": ["Remark"]}},
        {"hidden_fields": {"Orders": ["Remark"]}},
        {"hidden_fields": {"Orders": ["Remark"]}, "count_hidden_fields": "true"},
        {"fields": {"Orders": ["Number"]}},
        {"access_by_layout": {"Orders": "none"}},
    ],
    ids=str,
)
async def test_what_is_closed_on_the_only_layout_that_has_it_is_not_told_by_another_table(
    rules: dict[str, Any], tmp_path: Path
) -> None:
    """Two more layouts show orders, and neither of them the remark: they do not open it."""
    emulator = sales(tmp_path, Orders=["Number,Customer,Remark", "O-1,C-0017,Confidential words"])
    write = {"Orders": {"edit": [{"id": "1", "Remark": "x"}]}}
    async with in_sales(emulator, **rules) as assistant:
        described = await assistant.ask("describe_layout", layouts=["Customers"])
        assert "Customer" in str(described)
        before = emulator.digest()
        for tool, arguments in (
            ("get_record", {"id": "1"}),
            ("find_records", {"portals": ["Orders"]}),
            ("find_records", {"fields": ["Orders::Remark"]}),
            ("find_records", {"where": {"Orders::Remark": {"starts_with": "Conf"}}}),
            ("summarize_records", {"group_by": ["Orders::Remark"]}),
            ("edit_records", {"ids": ["1"], "values": write}),
        ):
            answer = said(await assistant.call(tool, layout="Customers", **arguments))
            assert "Confid" not in answer, (tool, arguments, answer)
            if "where" in arguments or tool == "edit_records":
                assert "found" not in answer, answer
                assert '"planned"' not in answer, answer
        assert emulator.digest() == before


@pytest.mark.parametrize(
    ("rules", "is_whole"),
    [
        ({"hidden_fields": {"..": ["Remark"]}}, True),
        ({"mask": {"..": {"Remark": "last4"}}}, True),
        ({"fields": {"..": ["Number"]}}, True),
        ({"access_by_layout": {"..": "none", "Print / Mail": "none"}}, True),
        ({"mask": {"..": {"Remark": "last4"}, "Orders": {"Remark": "initials"}}}, False),
    ],
    ids=str,
)
async def test_what_one_layout_that_has_it_shows_is_open_through_other_tables(
    rules: dict[str, Any], is_whole: bool
) -> None:
    async with in_sales(**rules) as assistant:
        shown = said(await assistant.call("get_record", layout="Customers", id="1", portals=["Orders"]))
        assert ("mine" in shown) is is_whole, shown


async def test_a_field_that_is_read_only_on_the_only_layout_that_has_it_is_not_written_elsewhere() -> None:
    async with in_sales(read_only_fields={"Orders": ["Remark"]}) as assistant:
        values = {"Orders": {"edit": [{"id": "1", "Remark": "x"}]}}
        told = await assistant.refused("edit_records", layout="Customers", ids=["1"], values=values)
        assert "close 'Orders::Remark' for writing" in told
