"""Changes take the same questions: criteria on other records, and found sets that where and omit narrow."""

from __future__ import annotations

import pytest

from ..assistant import assisted

pytestmark = pytest.mark.anyio


async def test_edits_and_deletes_take_where_and_omit_beside_a_found_set() -> None:
    async with assisted() as assistant:
        berlin = await assistant.ask("find_records", layout="API Customers", where={"City": "Kiel"}, limit=1)
        active = await assistant.ask(
            "find_records", found_set=berlin["found_set"], where={"Status": "active"}, limit=1
        )
        assert 0 < active["found"] < berlin["found"]
        plan = await assistant.ask(
            "edit_records",
            found_set=berlin["found_set"],
            where={"Status": "active"},
            values={"Remark": "x"} if "Remark" in str(berlin["columns"]) else {"City": "Kiel am Meer"},
            max_records=1000,
        )
        assert f"{active['found']} record" in plan["summary"]
        plan = await assistant.ask(
            "delete_records", found_set=berlin["found_set"], omit={"Status": "active"}, max_records=1000
        )
        assert f"{berlin['found'] - active['found']} record" in plan["summary"]
        bought = {"in": {"layout": "Invoices", "where": {"Status": "Overdue"}, "field": "Customer ID"}}
        wanted = await assistant.ask("find_records", layout="API Customers", where={"ID": bought}, limit=1)
        plan = await assistant.ask(
            "delete_records",
            layout="API Customers",
            where={"ID": bought},
            omit={"City": "Kiel"},
            max_records=1000,
        )
        narrowed = await assistant.ask(
            "find_records", layout="API Customers", where={"ID": bought}, omit={"City": "Kiel"}, limit=1
        )
        assert narrowed["found"] <= wanted["found"]
        assert f"{narrowed['found']} record" in plan["summary"]
        refused = await assistant.refused(
            "delete_records", layout="API Customers", ids=["1"], omit={"City": "Kiel"}
        )
        assert "by ids, by where or by found_set" in refused
