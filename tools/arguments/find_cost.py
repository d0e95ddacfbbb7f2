"""Questions that FileMaker answers only by computing an unstored field of every record, as the map of the solution tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...server.dataapi.query import Query
from ...server.errors import InputError
from ...server.query.found_sets.found_set import FoundSet
from ...server.query.found_sets.read_budget import Budget
from .._call import Call

if TYPE_CHECKING:
    from ...server.solution_map.find_costs import Unstored

MANY = 20_000
"""Records of a table from which on a question waits for a go-ahead."""


async def costs(call: Call, found: FoundSet) -> list[Unstored]:
    """The unstored fields that the question compares or sorts by."""
    known = await call.database.mapped(found.layout)
    if known is None:
        return []
    from ...server.solution_map.find_costs import unstored_among

    return unstored_among(known, [*(each.name for each in found.targets), *(key.field for key in found.sort)])


async def check_cost(call: Call, found: FoundSet, budget: Budget) -> None:
    """Raises InputError before a question on an unstored field of a large table, unless it has a go-ahead."""
    if budget.most is None or call.database.map is None or not (slow := await costs(call, found)):
        return
    total = (await call.database.page(Query(found.layout.name, limit=1, portals=()))).total
    if total >= MANY:
        raise InputError(
            f"The table has {total:,} records, and {slow[0]} That may take minutes. Nothing was read",
            advice="Ask by stored fields, or again with go_ahead: true.",
        )
