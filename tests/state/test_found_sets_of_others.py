"""What one process kept of a found set is read again once another has written; and its handle is known to all that share the state."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ..changes.workshop_host import applied, in_workshop, planned
from ..postgres import on_postgres, postgres

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_figures_of_a_kept_found_set_follow_what_another_process_wrote(
    store: str, tmp_path: Path
) -> None:
    server = postgres() if store == "postgres" else None
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db") if server is None else server.database()}
    async with in_workshop(environment=place) as first, in_workshop(first.emulator, place) as second:
        found = await first.ask("find_records", layout="Jobs", where={"Hours": {"gt": 0}})
        question = {"found_set": found["found_set"], "measures": [{"sum": "Hours"}]}

        async def total() -> str:
            return str((await first.ask("summarize_records", **question))["figures"])

        before, requests = await total(), len(first.emulator.requests)
        assert await total() == before
        assert len(first.emulator.requests) == requests, "nothing is read again while nobody writes"
        plan = await planned(
            second, "edit_records", layout="Jobs", ids=["1"], values={"Hours": {"add": 1000}}
        )
        assert await total() == before
        await applied(second, plan)
        assert await total() != before


@on_postgres
async def test_a_handle_of_one_server_names_the_same_records_at_another(tmp_path: Path) -> None:
    server = postgres()
    assert server is not None
    place = {"FILEMAKER_STATE": server.database()}
    async with in_workshop(environment=place) as first, in_workshop(first.emulator, place) as second:
        whole = await first.ask("find_records", layout="Jobs", where={"Hours": {"gt": 0}}, sort=["-Hours"])
        part = await first.ask("find_records", found_set=whole["found_set"], where={"Status": "Open"})
        groups = await first.ask("summarize_records", found_set=part["found_set"], group_by=["Customer"])
        one = {"found_set": groups["found_set"], "group": {"Customer": groups["rows"][0][0]}}
        group = await first.ask("find_records", **one)
        for made in (whole, part, group):
            told = await second.ask("find_records", found_set=made["found_set"])
            assert (told["rows"], told["understood"]) == (made["rows"], made["understood"])
        assert (await second.ask("find_records", **one))["rows"] == group["rows"]
        plan = await second.ask(
            "edit_records", found_set=part["found_set"], values={"Hours": {"add": 1}}, max_records=50
        )
        assert await applied(second, plan)
        again = await first.ask("find_records", found_set=whole["found_set"])
        assert again["rows"] != whole["rows"]
    with psycopg.connect(place["FILEMAKER_STATE"], autocommit=True) as look:
        boxes = [bytes(box) for (box,) in look.execute("SELECT box FROM found_set").fetchall()]
        look.execute("UPDATE found_set SET caller = 'somebody else'")
    assert len(boxes) == 4
    assert not any(b"Hours" in box for box in boxes)
    async with in_workshop(first.emulator, place) as third:
        assert "no found set" in await third.refused("find_records", found_set=whole["found_set"])
