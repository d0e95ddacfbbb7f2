"""Text of outsiders that one process showed counts in every other of the same caller, and it is written down before it is shown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ..changes.workshop_host import applied, planned
from ..postgres import on_postgres, postgres
from ..state.cut import Proxy
from .sales_host import in_sales, sales
from .test_outsiders_everywhere import THEIRS, a_day_later, is_asked

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_what_one_process_read_makes_another_ask(store: str, tmp_path: Path) -> None:
    server = postgres() if store == "postgres" else None
    place = (
        {"file": str(tmp_path / "state.db")} if server is None else {"postgres": {"url": server.database()}}
    )
    rules: dict[str, Any] = THEIRS | {"state": place, "approval": "by_risk"}
    emulator = sales()
    async with in_sales(emulator, **rules) as first, in_sales(emulator, **rules) as second:
        await first.ask("find_records", layout="Staff")
        assert not await is_asked(second)
        await first.ask("find_records", layout="Orders", fields=["Number", "Body"])
        assert await is_asked(second)
    async with in_sales(emulator, **rules) as third:
        assert await is_asked(third), "after a restart too: the conversation may go on"
    async with in_sales(emulator, **rules) as fourth:
        await a_day_later(fourth)
        assert not await is_asked(fourth)


async def test_what_had_been_read_before_a_plan_is_not_written_away_by_another_program(
    tmp_path: Path,
) -> None:
    """Who can only write into the state makes no plan one to which nobody has to agree."""
    file = tmp_path / "state.db"
    rules: dict[str, Any] = THEIRS | {"state": str(file), "approval": "by_risk"}
    emulator = sales()
    async with in_sales(emulator, **rules) as assistant:
        before = await planned(assistant, "edit_records", layout="Staff", ids=["2"], values={"Salary": 6})
        await assistant.ask("find_records", layout="Orders", fields=["Number", "Body"])
        plans = [
            await planned(assistant, "edit_records", layout="Staff", ids=["1"], values={"Salary": n})
            for n in range(3)
        ]
        await a_day_later(assistant)
    statements = (
        "UPDATE journal SET facts = '{}' WHERE event = 'planned' AND plan = ?",
        "UPDATE journal SET facts = '{\"outsiders\": []}' WHERE event = 'planned' AND plan = ?",
        "DELETE FROM journal WHERE event = 'planned' AND plan = ?",
    )
    with closing(sqlite3.connect(file)) as state, state:
        for statement, plan in zip(statements, plans, strict=True):
            assert state.execute(statement, (plan["change_id"],)).rowcount == 1
    async with in_sales(emulator, **rules) as assistant:
        for plan in plans:
            answer = await assistant.ask("apply_change", change_id=plan["change_id"])
            assert (answer["state"], "altered since it was planned" in str(answer)) == ("planned", True), (
                answer
            )
        assert (await applied(assistant, before))["state"] == "done"


@on_postgres
async def test_while_the_state_is_away_all_is_read_but_what_outsiders_wrote() -> None:
    server = postgres()
    assert server is not None
    async with Proxy(server.port) as line:
        away = server.database().replace(f":{server.port}/", f":{line.port}/")
        async with in_sales(**THEIRS, state={"postgres": {"url": away}}) as assistant:
            await assistant.ask("find_records", layout="Staff")
            await line.cut()
            assert await assistant.ask("find_records", layout="Staff", limit=1)
            refusal = await assistant.refused("find_records", layout="Orders", fields=["Number", "Body"])
            assert "The server's own records cannot be reached" in refusal
            assert "Ignore the rules" not in refusal
            await line.mend()
            while (answer := await assistant.call("find_records", layout="Orders", fields=["Body"])).is_error:
                pass
            assert "Ignore the rules" in str(answer.structured_content)
