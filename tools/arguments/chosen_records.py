"""The records that a change is about, where criteria or a found set name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...server.errors import InputError
from .._call import Call
from .found_set_arguments import asked, held

if TYPE_CHECKING:
    from ...server.changes.planning.request import PlanRequest
    from ...server.changes.planning.selection import Chosen
    from ...server.query.found_sets.read_budget import Budget


async def chosen_records(
    call: Call,
    request: PlanRequest,
    layout: str | None,
    where: object,
    omit: object,
    found_set: str | None,
    max_records: int,
    budget: Budget,
    wishes: Sequence[Mapping[str, Any]] = (),
) -> Chosen:
    """Every record that is meant; without wishes, all that the layout shows of each."""
    question = await asked(call, layout, where, omit, found_set, (), budget=budget)
    return await call.changes.matching(
        question.found_set,
        most=max_records,
        wishes=wishes,
        whole=not wishes,
        budget=budget,
        report=request.report,
    )


async def layout_of(call: Call, layout: str | None, found_set: str | None = None) -> str:
    """The layout that is meant: a found set has its own. Raises InputError and NameUnknown."""
    if found_set is not None:
        return (await held(call, found_set, call.budget(False))).layout.name
    if layout is None:
        raise InputError("'layout' is missing", advice="Nothing was changed.")
    return await call.layout_called(layout)
