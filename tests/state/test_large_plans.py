"""What is asked for each item of a plan costs the same however many others the state holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from filemaker_mcp.server.changes.applying.item_claims import ItemClaims
from filemaker_mcp.server.changes.contents.plan_rows import NEXT_ITEMS, PlanRows
from filemaker_mcp.server.local.keys.key_ring import KeyRing
from filemaker_mcp.server.local.keys.sealed_contents import Contents
from filemaker_mcp.server.local.state.migrations import MIGRATIONS
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.state.state import Question

PLACES = [(0, number) for number in range(1, 33)]
CLAIMS = ItemClaims(SqliteState(None), "shop")


@pytest.mark.parametrize(
    "question",
    [
        CLAIMS.take("change", 0, 7),
        CLAIMS.release_item("change", 0, 7),
        PlanRows("shop", Contents(KeyRing.passing())).key_question("change", PLACES),
        (NEXT_ITEMS, ("change", 0, 250, 200)),
    ],
    ids=["claimed", "given back", "their keys", "the next ones"],
)
def test_an_item_is_found_without_looking_at_the_others(question: Question) -> None:
    sql, values = question
    assert _steps_of_sqlite(sql, values, 2_000) < 1.5 * _steps_of_sqlite(sql, values, 500)


def _steps_of_sqlite(sql: str, values: Sequence[object], items: int) -> int:
    """What it does inside, in instructions of its own machine."""
    with closing(sqlite3.connect(":memory:")) as state:
        for script in MIGRATIONS:
            for statement in script.split(";"):
                state.execute(statement)
        columns = "made, expires, heading, digest, fingerprint, state, account, client, caller, database"
        for plan, undoes in (("change", "earlier"), ("other", "earlier"), ("earlier", "")):
            state.execute(
                f"INSERT INTO plan (id, undoes, {columns}) VALUES (?, ?, 0, 0, '', '', '', 'applying', '', '', '', 'shop')",
                (plan, undoes),
            )
            state.execute("INSERT INTO step (plan, number, body) VALUES (?, 0, '')", (plan,))
            state.executemany(
                "INSERT INTO item (plan, step, number, body, state, takes_back, key) VALUES (?, 0, ?, '', 'open', ?, ?)",
                [
                    (plan, number, f"[0,{number}]" if undoes else None, f"{plan} {number}")
                    for number in range(items)
                ],
            )
            state.executemany(
                "INSERT INTO data_key (id, database, subject) VALUES (?, 'shop', '')",
                [(f"{plan} {number}",) for number in range(items)],
            )
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        state.set_progress_handler(step, 1)
        state.execute(sql, tuple(values)).fetchall()
        return steps
