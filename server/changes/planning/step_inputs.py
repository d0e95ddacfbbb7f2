"""The inputs of a step: records as earlier steps leave them, named portals, values from earlier steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...criteria.targets import is_field, portal_called
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import InputError
from ..applying.item_reading import EVERY_ROW
from ..plans.field_check import UNCHANGED
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from .copied_values import from_step
from .plan_items import ItemDraft, Wanted


def every_portal(meta: LayoutMeta) -> tuple[PortalRange, ...]:
    return tuple(PortalRange(name, limit=EVERY_ROW) for name in meta.portals)


def portals_in(meta: LayoutMeta, wishes: Sequence[Wanted]) -> tuple[PortalRange, ...]:
    """The portals that the wanted values name, with all their rows."""
    named = (portal_called(meta, name) for wish in wishes for name in wish if not is_field(meta, name))
    return tuple(
        PortalRange(name, limit=EVERY_ROW) for name in dict.fromkeys(p.name for p in named if p is not None)
    )


def overlaid(base: Plan | None, layout: str, record: Record) -> Record:
    """The record as earlier steps of the plan will leave it."""
    fields: dict[str, Value] = dict(record.fields)
    for step in base.steps if base else ():
        for item in step.items:
            if step.kind is StepKind.EDIT and step.layout == layout and item.record_id == record.record_id:
                fields |= item.after
            if step.kind is StepKind.DELETE and step.layout == layout and item.record_id == record.record_id:
                raise InputError(f"An earlier step deletes record {record.record_id}", advice=UNCHANGED)
    return replace(record, fields=fields)


async def check_later(database: Database, draft: ItemDraft, base: Plan | None) -> None:
    """Raises InputError for what no earlier step brings, or brings in part only. Names become those that the layout has."""
    for name, origin in tuple(draft.later.items()):
        steps: tuple[Step, ...] = base.steps if base else ()
        if origin.step >= len(steps) or steps[origin.step].kind not in (StepKind.CREATE, StepKind.DUPLICATE):
            raise InputError(
                f"{name!r} is taken from step {origin.step + 1}, which is no earlier step that creates records",
                advice=f"Plan that step first and pass its change_id. {UNCHANGED}",
            )
        if not 0 <= origin.item < len(steps[origin.step].items):
            raise InputError(f"Step {origin.step + 1} has no record {origin.item + 1}", advice=UNCHANGED)
        draft.later[name] = from_step(await database.layout(steps[origin.step].layout), name, origin)
