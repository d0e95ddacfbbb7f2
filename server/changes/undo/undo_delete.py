"""Undoes a delete: a new record with what the old one held, and a list of what does not come back."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.models import LayoutMeta
from ...database.database import Database
from ...policy import unwritable
from ..plans.plan import Item, Outcome, Step, StepKind
from .undo_rows import settable


def allowed(database: Database, meta: LayoutMeta, step: Step, item: Item, left: list[str]) -> Item:
    """The deleted record without fields that the owner closes for writing. These are listed."""
    images = (item.before, *(row.before for row in item.related))
    closed = set(
        unwritable(database.policy, meta, {n for each in images for n, v in each.items() if v != ""})
    )
    if not closed or step.kind is not StepKind.DELETE:
        return item
    names = ", ".join(repr(name) for name in sorted(closed))
    left.append(f"{named(item, None)}: {names} cannot be written by this assistant and does not come back")
    related = tuple(
        replace(row, before={n: v for n, v in row.before.items() if n not in closed}) for row in item.related
    )
    return replace(item, before={n: v for n, v in item.before.items() if n not in closed}, related=related)


def restored(meta: LayoutMeta, item: Item, left: list[str], key: str | None) -> tuple[StepKind, Item] | None:
    after = {name: value for name, value in item.before.items() if value != "" and settable(meta, name)}
    if not after:
        left.append(f"{named(item, None)}: the owner's settings close now what it held")
        return None
    auto = tuple(name for name in after if (found := meta.field_named(name)) is not None and found.auto_enter)
    left.append(f"{named(item, None)}: it comes back as a new record, with another record id")
    kept = key if key in after and key not in auto else None
    known_by = (kept, after[kept]) if kept else None
    return StepKind.CREATE, Item(label=item.label, after=after, droppable=auto, key=known_by)


def not_known(layout: str, item: Item, map_date: str = "") -> list[str]:
    """What nobody here can know of a delete, and what of its rows comes back in part. `map_date` is that of the map by which the
    rows that go along were looked for."""
    place = (
        f"neither {layout!r} nor the solution map of {map_date} shows"
        if map_date
        else f"{layout!r} does not show"
    )
    sentences = [f"Related records that {place}: whether some went with it cannot be known"]
    portals = dict.fromkeys(row.portal for row in item.related)
    return sentences + [
        f"{named(item, None)}: rows of {portal!r} come back with the fields that it shows, if it lets rows be made"
        for portal in portals
    ]


def named(item: Item, outcome: Outcome | None) -> str:
    record_id = (outcome and outcome.record_id) or item.record_id or "a new record"
    return f"{record_id} ({item.label})" if item.label else record_id
