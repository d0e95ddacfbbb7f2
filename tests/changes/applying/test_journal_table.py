"""Outcomes stand in a table of the owner's, each once, whatever happens to the process or to the host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Drop, Page
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ...assistant import Assistant
from ..shop_host import in_shop, shop
from ..workshop_host import applied, made, planned, somebody
from .faults import Killed, Swift

pytestmark = pytest.mark.anyio

LOG = {"journal_table": "Log", "access_by_layout": {"Log": "none"}}


def log(emulator: Emulator) -> list[tuple[str, str]]:
    """(entry, outcome) of each row, without the plan's id."""
    rows = (emulator.record("Shop", "Log", number) for number in range(1, 40))
    return sorted(
        (row.values["Entry"][0].partition("/")[2], row.values["Outcome"][0])
        for row in rows
        if row is not None
    )


async def edits(assistant: Assistant, ids: list[str]) -> dict[str, Any]:
    return await planned(assistant, "edit_records", layout="Invoices", ids=ids, values={"Remark": "x"})


async def test_done_refused_and_unknown_outcomes_stand_there_with_who_and_what() -> None:
    emulator = shop()
    async with in_shop(LOG, emulator) as assistant:
        plan = await edits(assistant, ["1", "2", "3"])
        await somebody(emulator, "PATCH", "Invoices/records/2", {"fieldData": {"Total": 9}}, file="Shop")
        answer = await applied(assistant, plan, go_on=True)
        assert answer["records"] == {"done": 2, "refused": 1}
        assert "journal_table" not in answer
        assert log(emulator) == [("1/1", "done"), ("1/2", "refused"), ("1/3", "done")]
        row = emulator.record("Shop", "Log", 2)
        assert row is not None
        told = {name: values[0] for name, values in row.values.items() if values}
        assert told["Plan"] == plan["change_id"]
        assert (told["Layout"], told["Action"], told["Fields"]) == ("Invoices", "edit", "Remark")
        assert told["Person"]
        await applied(assistant, plan)
        assert len(log(emulator)) == 3
        back = await applied(assistant, await assistant.ask("undo_change", change_id=plan["change_id"]))
        assert back["records"] == {"done": 2}
        assert len(log(emulator)) == 5
        assert "Log" not in str(await assistant.ask("list_layouts"))


@pytest.mark.parametrize(
    ("effect", "is_in"), [(Drop(), False), (Drop(processed=True), True), (Page(502), False)]
)
async def test_what_cannot_be_mirrored_is_told_stops_nothing_and_follows_once(
    effect: Any, is_in: bool
) -> None:
    emulator = shop()
    line = FaultLayer(emulator.app, emulator.host.clock)
    line.arm(Match("POST", "*/Log/records"), effect)
    transport = httpx.ASGITransport(app=line)
    async with in_shop(LOG | {"sessions": 1}, emulator, transport=transport, clock=Swift()) as assistant:
        answer = await applied(assistant, await edits(assistant, ["1", "3"]))
        assert answer["records"] == {"done": 2}
        assert "Not everything is in 'Log' yet" in answer["journal_table"]
        assert len(log(emulator)) == is_in
        later = await made(assistant, "edit_records", layout="Invoices", ids=["4"], values={"Remark": "y"})
        assert "journal_table" not in later
        assert log(emulator) == [("1/1", "done"), ("1/1", "done"), ("1/2", "done")]


async def test_a_table_that_cannot_name_its_entries_is_told_with_every_outcome() -> None:
    async with in_shop({"journal_table": "History"}) as assistant:
        answer = await applied(assistant, await edits(assistant, ["1"]))
        assert answer["records"] == {"done": 1}
        assert "needs a text field 'Entry'" in answer["journal_table"]


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_each_outcome_stands_there_once_after_a_kill_at_any_entry(tmp_path: Path, number: int) -> None:
    """Killed when the entry of that number was made, or right before the first."""
    emulator = shop()
    line = FaultLayer(emulator.app, emulator.host.clock)
    transport = httpx.ASGITransport(app=line)
    places = [{"FILEMAKER_STATE": str(tmp_path / name / "state.db")} for name in ("before", "after")]

    def kill() -> None:
        """What a killed process leaves is what its files hold at that moment."""
        (tmp_path / "after").mkdir()
        for file in (tmp_path / "before").iterdir():
            if file.name.startswith("state.db"):
                (tmp_path / "after" / file.name).write_bytes(file.read_bytes())
        scope.cancel()

    class Kill:
        async def apply(self, exchange: Any) -> None:
            if number > 1:
                await exchange.app(exchange.scope, exchange.receive, exchange.send)
            kill()
            await anyio.sleep_forever()

    line.arm(Match("POST", "*/Log/records", skip=number - 1), Kill())
    change = ""
    try:
        async with in_shop(LOG | {"sessions": 1}, emulator, places[0], transport=transport) as assistant:
            plan = await edits(assistant, ["1", "2", "3"])
            change = str(plan["change_id"])
            with anyio.CancelScope() as scope:
                await applied(assistant, plan)
            line.clear()
            raise Killed
    except (Killed, BaseExceptionGroup) as gone:
        if isinstance(gone, BaseExceptionGroup) and gone.split(Killed)[1] is not None:
            raise
    async with in_shop(LOG, emulator, places[1]) as assistant:
        told = await assistant.ask("list_changes", change_id=change)
        assert told["records"] == {"done": 3}
        assert log(emulator) == [("1/1", "done"), ("1/2", "done"), ("1/3", "done")]
