"""Undoes a delete: a new record with what the old one held, and a list of what does not come back."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...database.database import Database
from ...policy import unwritable
from ...text.plain_parts import Name
from ...text.sentence import Sentence, say
from ..plans.item import Item
from ..plans.outcome import Outcome
from ..plans.step import Step, StepKind
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
    left.append(
        say(
            "%(named)s: %(names)s cannot be written by this assistant and does not come back",
            named=named(item, None),
            names=names,
        )
    )
    related = tuple(
        replace(row, before={n: v for n, v in row.before.items() if n not in closed}) for row in item.related
    )
    return replace(item, before={n: v for n, v in item.before.items() if n not in closed}, related=related)


def restored(meta: LayoutMeta, item: Item, left: list[str], key: str | None) -> tuple[StepKind, Item] | None:
    after = {name: value for name, value in item.before.items() if value != "" and settable(meta, name)}
    if not after:
        left.append(say("%(named)s: the owner's settings close now what it held", named=named(item, None)))
        return None
    auto = tuple(name for name in after if (found := meta.field_named(name)) is not None and found.auto_enter)
    left.append(
        say("%(named)s: it comes back as a new record, with another record id", named=named(item, None))
    )
    kept = key if key in after and key not in auto else None
    known_by = (kept, after[kept]) if kept else None
    return StepKind.CREATE, Item(label=item.label, after=after, droppable=auto, key=known_by)


def not_known(layout: str, item: Item, map_date: str = "") -> list[Sentence]:
    """What nobody here can know of a delete, and what of its rows comes back in part. `map_date` is that of the map by which the
    rows that go along were looked for."""
    sentences = [
        say(
            "Related records that neither %(layout)s nor the solution map of %(date)s shows: whether some went with it cannot be "
            "known",
            layout=Name(layout),
            date=map_date,
        )
        if map_date
        else say(
            "Related records that %(layout)s does not show: whether some went with it cannot be known",
            layout=Name(layout),
        )
    ]
    portals = dict.fromkeys(row.portal for row in item.related)
    return sentences + [
        say(
            "%(named)s: rows of %(portal)s come back with the fields that it shows, if it lets rows be made",
            named=named(item, None),
            portal=Name(portal),
        )
        for portal in portals
    ]


def named(item: Item, outcome: Outcome | None) -> str:
    record_id = (outcome and outcome.record_id) or item.record_id or say("a new record")
    return Sentence("%(what)s (%(how)s)", {"what": record_id, "how": item.label}) if item.label else record_id
