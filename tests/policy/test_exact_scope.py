"""A scope means its values letter by letter, and nothing that is written or related leads out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..assistant import said
from ..changes.workshop_host import applied, planned
from .office import without_chance
from .sales_host import in_sales, rows_of, sales, sent, somebody_edits, stored

pytestmark = pytest.mark.anyio

OWN: dict[str, Any] = {"where": {"Customer": "C-0017"}, "key": "Number", "writable": ["Remark", "Amount"]}
CUSTOMER: dict[str, Any] = {"where": {"Number": "C-0017"}, "key": "Number", "writable": ["Name"]}
CONTACT: dict[str, Any] = {"where": {"Customer": "C-0017"}, "key": "ID", "writable": ["Phone"]}


async def test_records_in_another_spelling_are_not_in_scope() -> None:
    """A find of FileMaker's ignores capitals: `c-0017` is another customer."""
    async with in_sales(scope={"Orders": OWN}) as assistant:
        found = await assistant.ask("find_records", layout="Orders", fields=["Number"])
        assert (found["found"], rows_of(found)) == (2, [["O-1"], ["O-4"]])
        paged = await assistant.ask("find_records", layout="Orders", fields=["Number"], limit=1, offset=1)
        assert (paged["found"], rows_of(paged)) == (2, [["O-4"]])
        counted = await assistant.ask(
            "summarize_records", layout="Orders", measures=["count", {"sum": "Amount"}]
        )
        assert counted["figures"] == {"count": 2, "sum Amount": 50}
        for call in ({"id": "2"}, {"where": {"Number": "O-2"}}):
            answer = await assistant.call("get_record", layout="Orders", **call)
            assert "another's" not in said(answer)
        omitted = await assistant.ask(
            "find_records", layout="Orders", omit={"Number": "O-1"}, fields=["Number"]
        )
        assert (omitted["found"], rows_of(omitted)) == (1, [["O-4"]])


async def test_neither_edits_nor_deletes_reach_a_record_in_another_spelling() -> None:
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN}) as assistant:
        before = emulator.digest()
        for tool, arguments in (
            ("edit_records", {"ids": ["2"], "values": {"Remark": "x"}}),
            ("edit_records", {"where": {"Number": "O-2"}, "values": {"Remark": "x"}}),
            ("delete_records", {"ids": ["2"]}),
            ("create_records", {"copy_of": ["2"]}),
        ):
            await assistant.refused(tool, layout="Orders", **arguments)
        assert emulator.digest() == before


@pytest.mark.parametrize(
    "rule", [{"exact": False}, {"unicode_indexed": ["Customer"]}], ids=["exact", "unicode"]
)
async def test_the_owner_may_leave_the_comparing_to_the_host(rule: dict[str, Any]) -> None:
    """With `unicode_indexed` the host's own count holds and no record is read for it; what comes back is still compared."""
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN | rule}) as assistant:
        found = await assistant.ask("find_records", layout="Orders", fields=["Number"])
        assert len(rows_of(found)) == (3 if "exact" in rule else 2)


async def test_a_record_out_of_scope_costs_as_many_requests_as_a_missing_one() -> None:
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN}) as assistant:
        await assistant.ask("get_record", layout="Orders", id="1")
        costs: list[int] = []
        for record_id in ("2", "3", "99"):
            before = len(emulator.requests)
            await assistant.refused("get_record", layout="Orders", id=record_id)
            costs.append(len(emulator.requests) - before)
        assert len(set(costs)) == 1, costs


async def test_only_writable_fields_are_written_under_a_scope() -> None:
    """A match field would lead to other people's rows, and the Data API does not tell which fields match."""
    emulator = sales()
    opened = CUSTOMER | {"portals": ["Orders"], "fields": ["Staff::Salary"]}
    async with in_sales(emulator, scope={"Customers": opened, "Orders": OWN}) as assistant:
        before = emulator.digest()
        for values in ({"Number": "C-0030"}, {"Rep": "Lee"}, {"number": "c-0017"}, {"Region": "x"}):
            refused = await assistant.refused("edit_records", layout="Customers", ids=["1"], values=values)
            assert "owner limits this assistant" in refused
        assert emulator.digest() == before
        plan = await planned(
            assistant, "edit_records", layout="Customers", ids=["1"], values={"name": "Ada L."}
        )
        assert (await applied(assistant, plan))["state"] == "done"


async def test_portal_rows_and_related_fields_out_of_scope_do_not_come_back() -> None:
    """The relationship ignores capitals too: the portal shows a row of `c-0017`."""
    opened = CUSTOMER | {"portals": ["Orders", "Contacts"]}
    async with in_sales(scope={"Customers": opened, "Orders": OWN, "Contacts": CONTACT}) as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        assert [row[1] for row in record["portals"]["Orders"]["rows"]] == ["O-1", "O-4"]
        assert record["portals"]["Orders"]["found"] == 2
        assert [row[1] for row in record["portals"]["Contacts"]["rows"]] == ["K-1"]


async def test_a_new_record_gets_the_scopes_values_and_the_plan_shows_them() -> None:
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN}) as assistant:
        plan = await planned(assistant, "create_records", layout="Orders", records=[{"Remark": "new"}])
        assert plan["changes"][0]["fields"]["Customer"] == "C-0017"
        assert (await applied(assistant, plan))["state"] == "done"
        assert stored(emulator, "Orders", 5, "Customer") == "C-0017"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("create_records", {"records": [{"Remark": "x", "Customer": "C-0030"}]}),
        ("create_records", {"records": [{"Remark": "x", "customer": "c-0017"}]}),
        ("create_records", {"copy_of": ["1"], "records": [{"Customer": "C-0030"}]}),
        ("edit_records", {"ids": ["1"], "values": {"Customer": "C-0030"}}),
        ("edit_records", {"records": {"1": {"Customer": "c-0017"}}}),
    ],
    ids=str,
)
async def test_values_out_of_scope_are_refused_when_they_are_planned(
    tool: str, arguments: dict[str, Any]
) -> None:
    async with in_sales(scope={"Orders": OWN | {"writable": ["Remark", "Customer"]}}) as assistant:
        refused = await assistant.refused(tool, layout="Orders", **arguments)
        assert "limits this assistant to records whose 'Customer' is C-0017" in refused


async def test_rows_are_not_planned_to_be_removed_without_the_right_to_delete() -> None:
    async with in_sales(access="edit") as assistant:
        record = await assistant.ask("get_record", layout="Customers", id="1")
        row = record["portals"]["Contacts"]["rows"][0][0]
        refused = await assistant.refused(
            "edit_records", layout="Customers", ids=["1"], values={"Contacts": {"remove": [row]}}
        )
        assert "do not allow this assistant to delete" in refused


async def test_a_record_that_left_the_scope_is_refused_when_its_undo_is_planned() -> None:
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN}) as assistant:
        plan = await planned(assistant, "edit_records", layout="Orders", ids=["1"], values={"Remark": "x"})
        await applied(assistant, plan)
        await somebody_edits(emulator, "Orders", 1, {"Customer": "C-0030"})
        refused = await assistant.refused("undo_change", change_id=plan["change_id"])
        assert "does not exist any more" in refused


async def test_text_criteria_search_the_other_fields_under_a_scope() -> None:
    async with in_sales(scope={"Orders": OWN}) as assistant:
        found = await assistant.ask(
            "find_records", layout="Orders", where={"text": "mine"}, fields=["Number"]
        )
        assert rows_of(found) == [["O-1"], ["O-4"]]
        for nothing in ("another", "C-0030", "c-0017"):
            found = await assistant.ask(
                "find_records", layout="Orders", where={"text": nothing}, fields=["Number"]
            )
            assert found["found"] == 0, nothing


async def test_a_host_is_asked_for_nothing_of_a_layout_without_a_scope() -> None:
    emulator = sales()
    async with in_sales(emulator, scope={"Orders": OWN}) as assistant:
        refused = await assistant.refused("get_record", layout="staff", id="1")
        assert "'Staff'" not in refused
        assert not [path for path in sent(emulator) if "Staff" in path or "staff" in path]


@pytest.mark.parametrize("megabytes", [0.0002, 1], ids=["beyond what a question may read", "within it"])
async def test_how_many_records_the_host_counts_in_another_spelling_is_told_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: float
) -> None:
    """Neither by an answer, nor by a refusal for its size, nor by how far it is."""
    monkeypatch.setattr("filemaker_mcp.server.query.found_sets.page_reader.PAGE", 2)
    monkeypatch.setattr("filemaker_mcp.server.changes.planning.selection.PAGE", 2)
    heard: list[list[object]] = []
    for others in (1, 7):
        folder = tmp_path / str(others)
        rows = ["Number,Customer,Remark,Amount,Body", *(f"O-{n},C-0017,mine,{n}," for n in range(1, 6))]
        rows += [f"X-{n},c-0017,another's,20," for n in range(others)]
        said_here: list[object] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            said_here.append((progress, total, message))  # noqa: B023 -- called before the next round

        rules: dict[str, Any] = {
            "limits": {"megabytes_per_question": megabytes},
            "files_folder": str(folder / "files"),
        }
        async with in_sales(sales(folder, Orders=rows), scope={"Orders": OWN}, **rules) as assistant:
            for tool, arguments in EVERY_RECORD.items():
                answer = await assistant.client.call_tool(
                    tool, {"layout": "Orders", **arguments}, progress_callback=hear
                )
                said_here.append(without_chance(said(answer), folder))
            used = (await assistant.ask("check_connection"))["used"]
            said_here.append(used)
        heard.append(said_here)
    assert str(heard[0]) == str(heard[1])
    assert "(4, None" in str(heard) if megabytes == 1 else "Reading was stopped" in str(heard)


EVERY_RECORD: dict[str, dict[str, Any]] = {
    "find_records": {"fields": ["Number"], "sort": ["-Amount"]},
    "summarize_records": {"group_by": ["Remark"], "measures": ["count"]},
    "export_records": {"file": "all", "fields": ["Number"]},
    "edit_records": {
        "where": {"Remark": {"contains": "e"}},
        "values": {"Remark": "x"},
        "max_records": 99,
    },
    "delete_records": {"where": {"Amount": {"gt": 0}}, "max_records": 99},
    "get_record": {"where": {"Amount": {"gt": 0}}},
}
