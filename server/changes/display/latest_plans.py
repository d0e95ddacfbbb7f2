"""The caller's latest plans, for somebody who named one that is not there."""

from __future__ import annotations

import json
from collections.abc import Callable

from ...local.state.state import State
from ..plans.plan import Who


async def latest_plans(
    state: State, database: str, who: Who, is_open: Callable[[str], bool]
) -> tuple[str, ...]:
    """Their ids, without those of layouts that are closed: an id holds the layout's name."""
    rows = await state.rows(
        "SELECT plan.id, json_group_array(json_extract(step.body, '$.layout')) AS layouts FROM plan"
        " JOIN step ON step.plan = plan.id WHERE plan.database = ? AND plan.caller = ? AND plan.account = ?"
        " GROUP BY plan.id ORDER BY plan.made DESC LIMIT 3",
        database, who.caller.id, who.caller.account,
    )  # fmt: skip
    return tuple(row["id"] for row in rows if all(map(is_open, json.loads(row["layouts"]))))
