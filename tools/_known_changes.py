"""Changes that were planned before, as list_changes tells them."""

from __future__ import annotations

from ..server.changes.display.differences import differences
from ..server.changes.display.outsider_values import outsiders_wrote
from ..server.changes.plans import plan_answers as presenting
from ._call import Answer, Call


async def known_change(call: Call, change_id: str) -> Answer:
    """One in full. Raises NameUnknown."""
    progress = await call.changes.known.disclosed(await call.changes.known.find(call.who, change_id))
    line = presenting.listed(progress)
    answer: Answer = line | outsiders_wrote(call.database, progress.plan) | differences(progress.plan)
    answer |= await call.changes.carrying.told(progress)
    if line["state"] == "planned":
        answer |= {"state": "planned", "summary": line["summary"]}
        answer["next"] = f"apply_change {progress.plan.id} carries it out."
    return answer


async def latest_changes(call: Call, limit: int) -> Answer:
    """The latest first, a line each; with what was refused, and when FileMaker was put back to a backup."""
    recent = await call.changes.known.recent(call.who, limit)
    answer: Answer = {
        "changes": [
            presenting.altered(each)
            if isinstance(each, str)
            else presenting.listed(await call.changes.known.disclosed(each, contents=False))
            for each in recent
        ]
    }
    if restored := await call.changes.known.restorations(call.who):
        answer["restored"] = restored
    refused = await call.changes.ledger.refusals(call.who, limit)
    return answer | ({"refused": refused} if refused else {})
