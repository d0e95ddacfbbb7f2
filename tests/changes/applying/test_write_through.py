"""The solution's own rules run: each record is written by the owner's script, and its outcome is told by looking."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Drop
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ...assistant import Assistant
from ..shop_host import in_shop, shop, stored
from ..workshop_host import applied, made, planned, somebody
from .faults import Swift

pytestmark = pytest.mark.anyio

THROUGH = {"write_through": {"Invoices": "Save Invoice"}}
STAMPED = {"stamp": {"AI By": "{person}", "AI Plan": "{plan} at {now}"}}


def runs(emulator: Emulator) -> int:
    return len([run for run in emulator.scripts_run if run.script == "Save Invoice"])


def history(emulator: Emulator) -> list[str]:
    """What the shop's own script wrote down beside the records."""
    rows = (emulator.record("Shop", "History", number) for number in range(1, 20))
    return [row.values["Text"][0] for row in rows if row is not None]


async def outcome(assistant: Assistant, tool: str, **arguments: Any) -> tuple[str, str]:
    """The one record's outcome, and what is said of it."""
    answer = await made(assistant, tool, layout="Invoices", **arguments)
    ((word, count),) = answer["records"].items()
    assert count == 1
    return word, str(answer.get("details", ""))


async def test_plan_outcome_repetition_and_way_back_are_as_ever_and_the_script_writes() -> None:
    async with in_shop(THROUGH | STAMPED, environment={"FILEMAKER_KEYS": '{"Invoices": "ID"}'}) as assistant:
        emulator = assistant.emulator
        plan = await planned(
            assistant,
            "edit_records",
            layout="Invoices",
            ids=["1", "3"],
            values={"Total": {"add": 1}, "Date": "2026-10-09"},
        )
        notes = str(plan["notes"])
        assert "written by the owner's script 'Save Invoice'" in str(plan["warnings"])
        assert "'AI Plan' = [the id of this plan] at [the moment]" in notes
        assert "AI By" not in str(plan["changes"])
        answer = await applied(assistant, plan)
        assert answer["records"] == {"done": 2}, answer
        record = await stored(assistant, 1)
        assert (record["Total"], record["Date"]) == ("101", "10/09/2026")
        assert record["Trigger"] == "ran", "a script fires the triggers of the layout"
        assert record["AI Plan"].startswith(f"{plan['change_id']} at 20")
        assert history(emulator) == [f"edit {plan['change_id']}/1/{n}" for n in (1, 2)]
        assert (await applied(assistant, plan))["records"] == {"done": 2}
        assert runs(emulator) == 2
        back = await assistant.ask("undo_change", change_id=plan["change_id"])
        undone = await applied(assistant, back)
        assert undone["records"] == {"done": 2}
        record = await stored(assistant, 1)
        assert record["Total"] == "100"
        assert record["AI Plan"].startswith(back["change_id"])
        new = await made(
            assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve", "Total": 5}]
        )
        (record_id,) = new["created"]
        assert (await stored(assistant, int(record_id)))["Number"] == "2026-005", "the shop's own numbering"
        gone = await applied(assistant, await assistant.ask("undo_change", change_id=new["change_id"]))
        assert gone["records"] == {"done": 1}
        copy = await assistant.refused("create_records", layout="Invoices", copy_of=["1"])
        assert "which a copy would go past" in copy


@pytest.mark.parametrize(
    ("wish", "word", "told", "is_saved"),
    [
        ("error", "refused", "reports that it failed: the period is closed", False),
        ("nothing", "refused", "says that it is done, and nothing of it is in the record", False),
        ("another", "refused", "The script told the id of another record, 2", False),
        ("half", "done", "the ledger is full. The record holds what was planned all the same.", True),
        ("nonsense", "done", "answer could not be read as JSON", True),
        ("wrong id", "done", "The script told the id of another record, 2", True),
        ("otherwise", "done", "FileMaker stored 'CLARA' in 'Customer'", True),
    ],
)
async def test_a_script_that_misbehaves_has_a_true_outcome(
    wish: str, word: str, told: str, is_saved: bool
) -> None:
    async with in_shop(THROUGH) as assistant:
        values = {"Customer": "Clara", "Remark": wish}
        came, said = await outcome(assistant, "edit_records", ids=["1"], values=values)
        assert (came, told in said) == (word, True), said
        record = await stored(assistant, 1)
        assert (record.get("Remark") == wish) == is_saved
        assert runs(assistant.emulator) == 1


@pytest.mark.parametrize(
    ("key", "wish", "word", "told"),
    [
        (False, "no id", "unknown", "It told no record id. There is no key"),
        (True, "no id", "done", ""),
        (False, "nonsense", "unknown", "could not be read as JSON. There is no key"),
        (True, "wrong id", "done", "told the id of record 2, which does not hold what was planned"),
        (False, "wrong id", "unknown", "told the id of record 2, which does not hold what was planned"),
        (True, "error", "refused", "the period is closed"),
        (True, "nothing", "refused", "no record has the key"),
    ],
)
async def test_a_new_record_is_known_by_its_key_whatever_the_script_says(
    key: bool, wish: str, word: str, told: str
) -> None:
    keys = {"FILEMAKER_KEYS": '{"Invoices": "ID"}' if key else "{}"}
    async with in_shop(THROUGH, environment=keys) as assistant:
        new = [{"Customer": "Eve", "Total": 7, "Remark": wish}]
        came, said = await outcome(assistant, "create_records", records=new)
        assert (came, told in said) == (word, True), said
        assert runs(assistant.emulator) == 1


async def test_a_script_that_does_not_answer_is_looked_for_and_never_run_twice() -> None:
    """The connection breaks, and what the script saves long after nobody waits for it any more is found."""
    emulator = shop()
    line = FaultLayer(emulator.app, emulator.host.clock)
    line.arm(Match("PATCH", "*/records/1"), Drop())
    transport = httpx.ASGITransport(app=line)
    async with in_shop(THROUGH, emulator, transport=transport, clock=Swift()) as assistant:
        values = {"Remark": "late"}
        plan = await planned(assistant, "edit_records", layout="Invoices", ids=["1"], values=values)
        answer = await applied(assistant, plan)
        assert answer["records"] == {"unknown": 1}
        assert "may still be at work, or was not run; it is not run again" in str(answer["details"])
        assert (await applied(assistant, plan))["records"] == {"unknown": 1}
        assert runs(emulator) == 0
        await somebody(emulator, "PATCH", "Invoices/records/1", {"fieldData": values}, file="Shop")
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert runs(emulator) == 0


async def test_a_renamed_script_and_a_record_that_changed_refuse_before_anything_runs() -> None:
    async with in_shop({"write_through": {"Invoices": "Save Invioce"}}) as assistant:
        text = await assistant.refused("edit_records", layout="Invoices", ids=["1"], values={"Remark": "x"})
        assert "no script 'Save Invioce' in FileMaker, which the owner's settings let write" in text
    emulator = shop()
    async with in_shop(THROUGH, emulator) as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Invoices", ids=["1", "3"], values={"Remark": "x"}
        )
        await somebody(emulator, "PATCH", "Invoices/records/1", {"fieldData": {"Total": 9}}, file="Shop")
        answer = await applied(assistant, plan, go_on=True)
        assert answer["records"] == {"refused": 1, "done": 1}
        assert runs(emulator) == 1
        plan = await planned(assistant, "edit_records", layout="Invoices", ids=["4"], values={"Remark": "x"})
        scripts = next(iter(emulator.host.files)).solution.scripts
        assert isinstance(scripts, dict)
        scripts["Save an Invoice"] = scripts.pop("Save Invoice")
        answer = await applied(assistant, plan)
        assert answer["records"] == {"refused": 1}
        assert "FileMaker error 104" in str(answer["details"])


async def test_rows_deletes_and_long_texts_travel_as_the_owner_says() -> None:
    rules = {"write_through": {"Invoices": {"script": "Save Invoice", "deletes": True}}}
    async with in_shop(rules) as assistant:
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=["4"])
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert history(assistant.emulator) == []
        assert runs(assistant.emulator) == 1
        long = await made(
            assistant, "edit_records", layout="Invoices", ids=["1"], values={"Remark": "é" * 5000}
        )
        assert long["records"] == {"done": 1}


async def test_stamps_travel_in_the_same_request_and_one_that_cannot_be_written_is_refused_at_planning() -> (
    None
):
    rules: dict[str, Any] = STAMPED | {"stamp_by_layout": {"Lines": {}}, "hidden_fields": {"*": ["AI Plan"]}}
    async with in_shop(rules) as assistant:
        before = len(assistant.emulator.requests)
        plan = await planned(assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve"}])
        new = await applied(assistant, plan)
        writes = [r for r in assistant.emulator.requests[before:] if r.method in ("POST", "PATCH")]
        assert len([r for r in writes if r.path.endswith("/records")]) == 1
        record = await stored(assistant, int(new["created"][0]))
        assert record["AI Plan"].startswith(new["change_id"])
        assert "Trigger" not in record, "a plain write fires none, and the plan says so"
        assert "Script triggers of 'Invoices' do not run for this." in str(plan["notes"])
        assert (await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 1}))[
            "records"
        ] == {"done": 1}
        own = await assistant.refused("edit_records", layout="Invoices", ids=["1"], values={"AI By": "me"})
        assert "fill 'AI By' of 'Invoices' with who changed the record" in own
        text = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert "is to be stamped in 'AI By', which the layout does not have" in text
    # nobody signs for another: not where no stamp is written, and not through another table's layout
    both: tuple[dict[str, Any], ...] = (
        STAMPED | {"stamp_by_layout": {"Lines": {}, "Invoices": {}}},
        {"stamp_by_layout": {"Invoices": {"AI By": "{person}"}}},
    )
    for rules in both:
        async with in_shop(rules) as assistant:
            for layout, field in (("Invoices", "AI By"), ("Lines", "Invoices::AI By")):
                text = await assistant.refused(
                    "edit_records", layout=layout, ids=["1"], values={field: "the boss"}
                )
                assert f"fill '{field}' of '{layout}' with who changed the record" in text
    for field, told in (
        ("By And Plan", "nobody can write to that field (calculation)"),
        ("gUser", "(global)"),
    ):
        async with in_shop({"stamp": {field: "{plan}"}}) as assistant:
            text = await assistant.refused("edit_records", layout="Invoices", ids=["1"], values={"Total": 1})
            assert told in text
