"""The caller's latest plans, for somebody who named one that is not there."""

from __future__ import annotations

from collections.abc import Callable

from ...local.state.state import State
from ..plans.plan import Who


async def latest_plans(
    state: State, database: str, who: Who, is_open: Callable[[str], bool]
) -> tuple[str, ...]:
    """Their ids, without those of layouts that are closed: an id holds the layout's name."""
    rows = await state.rows(
        "SELECT latest.id, step.layout FROM (SELECT id, made FROM plan"
        " WHERE database = ? AND caller = ? AND account = ? ORDER BY made DESC LIMIT 3) AS latest"
        " JOIN step ON step.plan = latest.id ORDER BY latest.made DESC",
        database, who.caller.id, who.caller.account,
    )  # fmt: skip
    layouts: dict[str, list[str]] = {}
    for row in rows:
        layouts.setdefault(row["id"], []).append(row["layout"])
    return tuple(plan for plan, each in layouts.items() if all(map(is_open, each)))
