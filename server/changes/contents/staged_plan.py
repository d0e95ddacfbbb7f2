"""A long plan on its way into the state: put down piece by piece under nobody's name, so that no transaction keeps others waiting."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import anyio

from ...local.keys.sealed_contents import DataKey
from ...local.state.state import State, Transaction
from ..files.kept_files import carried_by
from ..plans.plan import Plan
from .plan_rows import PIECE, PlanRows


@asynccontextmanager
async def staged(state: State, rows: PlanRows, plan: Plan, seal: str) -> AsyncGenerator[DataKey | None]:
    """Its key; None for a short one, which is put down whole. `give` within the block gives it to its caller, else it is gone at
    the end. One whose process died is nobody's, and goes with what is old."""
    if plan.records <= PIECE:
        yield None
        return
    try:
        async with state.writing(plan.database) as transaction:
            own = rows.begin(transaction, plan, seal, "", "")
        for piece in rows.pieces(plan):
            async with state.writing(plan.database) as transaction:
                await rows.put_piece(transaction, plan, piece)
        yield own
    finally:
        with anyio.CancelScope(shield=True):
            async with state.writing(plan.database) as transaction:
                nobodys = "SELECT id FROM plan WHERE id = ? AND database = '' AND caller = ''"
                for table, name in (("item", "plan"), ("step", "plan"), ("plan", "id")):
                    transaction.put(f"DELETE FROM {table} WHERE {name} IN ({nobodys})", plan.id)


def give(transaction: Transaction, plan: Plan) -> None:
    """What was put down is its caller's from now on."""
    transaction.put(
        "UPDATE plan SET database = ?, caller = ? WHERE id = ?", plan.database, plan.who.caller.id, plan.id
    )


def files_of(plan: Plan) -> Iterable[str]:
    """Digests of the files that its items carry, or would put back, each once."""
    return dict.fromkeys(
        digest
        for step in plan.steps
        if any(item.file or item.files for item in step.telling)
        for item in step.items
        for digest in carried_by(item)
    )
