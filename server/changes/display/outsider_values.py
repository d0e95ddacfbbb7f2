"""Values in a plan that people outside wrote."""

from __future__ import annotations

from ...database.database import Database
from ..plans.plan import Plan


def outsiders_wrote(database: Database, plan: Plan) -> dict[str, object]:
    """The label of an answer that shows the plan; nothing where none of them did."""
    found: dict[str, None] = {}
    for step in plan.steps:
        names = (
            name
            for item in step.telling
            for each in (item.before, item.after, *(v for row in item.rows for v in (row.before, row.after)))
            for name in each
        )
        found |= dict.fromkeys(database.outsiders.written_in(step.layout, names))
    return database.outsiders.labelled(found)
