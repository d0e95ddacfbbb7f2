"""Taking back a new record: it goes only as the change left it, and only as long as nothing of somebody else hangs on it."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.models import FieldMeta, LayoutMeta, PortalRange, Record, Value
from ..applying.item_request import EVERY_ROW
from ..planning.plan_items import deleted_item
from ..planning.warnings import STAMP
from ..plans.field_check import same_value
from ..plans.plan import Item, ItemState, Kind, Outcome
from ..plans.plan_store import Progress

CREATING = (Kind.CREATE, Kind.DUPLICATE)


def every_row(meta: LayoutMeta) -> tuple[PortalRange, ...]:
    return tuple(PortalRange(name, limit=EVERY_ROW) for name in meta.portals)


def removal(
    meta: LayoutMeta, item: Item, outcome: Outcome, record: Record, progress: Progress, layout: str
) -> Item | list[str]:
    """The item that deletes the record, or what of it is somebody's work meanwhile. `record` has every row of its portals."""
    changed = [
        f"{name!r} is {record.fields.get(name, '')!r} now"
        for name, value in outcome.after.items()
        if (found := meta.field_named(name)) is not None and _is_work(found)
        if not _same(found, value, record.fields.get(name, ""))
    ]
    is_saved_since = record.mod_id != _left_with(progress, layout, record.record_id)
    reasons = changed or ["it was saved"] if is_saved_since and (changed or not outcome.after) else []
    ours = _made_by(progress, layout)
    for name, rows in record.portals.items():
        strange = sum(
            (name, row.record_id) not in ours and ("", row.record_id) not in ours for row in rows.rows
        )
        own = sum(portal == name for portal, _ in outcome.new_rows)
        if strange > dict(outcome.related).get(name, own) - own:
            reasons.append(f"it has rows of {name!r} that this change did not make")
    return reasons or replace(deleted_item(meta, record), label=item.label, own=True)


def _is_work(field: FieldMeta) -> bool:
    """Whether what it holds may be somebody's work: not what FileMaker renews at every save by itself."""
    renewed = field.auto_enter and (field.type == "timeStamp" or STAMP.search(field.name) is not None)
    return field.kind == "normal" and not field.is_related and not renewed


def _same(field: FieldMeta, one: Value, other: Value) -> bool:
    """The address of a container's file differs from session to session, so only whether there is one tells (section 10.2)."""
    return (one == "") == (other == "") if field.type == "container" else same_value(field, one, other)


def _left_with(progress: Progress, layout: str, record_id: str) -> str | None:
    """The modId that the change itself left the record with."""
    steps = zip(progress.plan.steps, progress.outcomes, strict=True)
    done = [each for step, outcomes in steps if step.layout == layout for each in outcomes]
    left = [each.mod_id for each in done if each.state is ItemState.DONE and each.record_id == record_id]
    return next((mod_id for mod_id in reversed(left) if mod_id), None)


def _made_by(progress: Progress, layout: str) -> set[tuple[str, str]]:
    """(portal, record id) of the rows that the change added here; without a portal, records it created on other layouts,
    which may show as rows here."""
    made: set[tuple[str, str]] = set()
    for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
        for outcome in outcomes:
            if step.layout == layout:
                made |= set(outcome.new_rows)
            elif step.kind in CREATING and outcome.state is ItemState.DONE and outcome.record_id:
                made.add(("", outcome.record_id))
    return made
