"""Questions at their bounds: other people's found sets, found sets within themselves, very many groups and keys, leap days."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.errors import InputError

from ..assistant import Assistant, assisted
from ..host_of import host_of
from .ledger import made, rows_of, written

pytestmark = pytest.mark.anyio

COUNT = 10_000


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made(count=COUNT), tmp_path_factory.mktemp("ledger") / "Ledger")


@pytest.fixture(scope="module")
async def assistant(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Assistant]:
    settings = {
        "FILEMAKER_DATABASE": "Ledger",
        "FILEMAKER_FILES_FOLDER": str(tmp_path_factory.mktemp("files")),
    }
    async with assisted(settings, emulator=host_of(ledger)) as found:
        yield found


async def test_a_found_set_belongs_to_one_database(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER", "demo")
    own: dict[str, Any] = {"host": "http://127.0.0.1", "account": "assistant", "password": {"env": "LEDGER"}}
    twice = {name: own | {"file": "Ledger"} for name in ("ours", "theirs")}
    async with assisted(emulator=host_of(ledger), settings={"database": twice}) as both:
        found = await both.ask("find_records", database="ours", layout="Customers", limit=1)
        inner = {"ID": {"in": {"found_set": found["found_set"], "field": "ID"}}}
        for tool, question in (
            ("find_records", {"found_set": found["found_set"]}),
            ("find_records", {"layout": "Customers", "where": inner}),
            ("summarize_records", {"found_set": found["found_set"]}),
        ):
            assert "no found set" in await both.refused(tool, database="theirs", **question)


async def test_a_found_set_within_itself_ends(assistant: Assistant) -> None:
    north = await assistant.ask("find_records", layout="Invoices", where={"Region": "North"}, limit=1)
    handle = north["found_set"]
    for _ in range(6):
        again = await assistant.ask(
            "find_records",
            found_set=handle,
            where={"Number": {"in": {"found_set": handle, "field": "Number"}}},
            limit=1,
        )
        assert again["found"] == north["found"]
        handle = again["found_set"]
    nothing = await assistant.ask(
        "find_records",
        found_set=handle,
        where={"Number": {"not_in": {"found_set": handle, "field": "Number"}}},
        limit=1,
    )
    assert nothing["found"] == 0


async def test_ten_thousand_groups_are_paged_and_written_whole(assistant: Assistant) -> None:
    question: dict[str, Any] = {"layout": "Invoices", "group_by": ["Number"], "measures": ["sum Total"]}
    first = await assistant.ask("summarize_records", **question, sort=["Number"], top=5, file="all.csv")
    assert first["rows_written"] == COUNT
    assert len(rows_of(Path(first["file"]))) == COUNT
    last = await assistant.ask(
        "summarize_records",
        found_set=first["found_set"],
        group_by=["Number"],
        measures=["sum Total", {"running": "sum Total"}],
        sort=["Number"],
        top=500,
        offset=COUNT - 3,
    )
    assert [row[0] for row in last["rows"]] == [f"{n:07}" for n in range(COUNT - 2, COUNT + 1)]
    assert last["rows"][-1][2] == last["total"]["sum Total"]
    assert "next" not in last


async def test_very_many_keys_are_held_apart_from_memory_and_refused_where_that_reads_too_much(
    assistant: Assistant, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: dict[str, Any] = {"layout": "Invoices", "where": {"Region": "North"}, "field": "Number"}
    question: dict[str, Any] = {"layout": "Invoices", "measures": ["count", "sum Total"]}
    held = await assistant.ask("summarize_records", **question, where={"Number": {"in": keys}})
    monkeypatch.setattr("filemaker_mcp.server.criteria.key_set.IN_MEMORY", 100)
    spilled = await assistant.ask("summarize_records", **question, where={"Number": {"in": keys}})
    assert spilled["figures"] == held["figures"]
    limits = {"FILEMAKER_LIMITS": json.dumps({"megabytes_per_question": 1})}
    async with assisted({"FILEMAKER_DATABASE": "Ledger", **limits}, emulator=host_of(ledger)) as few:
        requests = len(few.emulator.requests)
        every = {"Number": {"in": {"layout": "Invoices", "field": "Number"}}}
        refusal = await few.refused("find_records", layout="Invoices", where=every)
        assert "This would read 10,000 records" in refusal
        assert "before compression" in refusal
        assert "go_ahead" in refusal
        assert len(few.emulator.requests) - requests <= 5, "signing in, the layout and one page"


async def test_the_last_day_of_february_meets_the_last_day_of_february(assistant: Assistant) -> None:
    for now, before in (
        (["2025-02-01", "2025-02-28"], "from 2024-02-01 and to 2024-02-29"),
        (["2024-02-01", "2024-02-29"], "from 2023-02-01 and to 2023-02-28"),
        (["2024-02-10", "2024-02-28"], "from 2023-02-10 and to 2023-02-28"),
    ):
        answer = await assistant.ask(
            "summarize_records", layout="Invoices", where={"Date": {"between": now}}, compare="previous_year"
        )
        assert answer["understood_before"] == f"Date {before}"


async def test_a_found_set_is_not_another_callers(assistant: Assistant) -> None:
    workspace = next(iter(assistant.application.server.browsing.workspaces.values()))
    found = await assistant.ask("find_records", layout="Customers", limit=1)
    mine = Caller(assistant.application.server.browsing.user, workspace.account)
    assert workspace.found_sets.get(found["found_set"], mine).handle == found["found_set"]
    for other in (Caller("somebody", mine.account), Caller(mine.id, "boss")):
        with pytest.raises(InputError, match="no found set"):
            workspace.found_sets.get(found["found_set"], other)
