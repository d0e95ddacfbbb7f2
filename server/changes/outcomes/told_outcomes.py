"""Outcomes as they are told: done, refused with what is there instead, or not known."""

from __future__ import annotations

from collections.abc import Mapping

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...text.plain_parts import Held, Name
from ...text.sentence import say
from ..plans.field_check import same_value
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from .row_comparison import RowIds, row_of
from .row_outcome import rows_left

NOT_IN_IT = say("The record was saved meanwhile, and this change is not in it.")


def done(
    item: Item,
    record: Record,
    *,
    whole: bool = False,
    new_rows: RowIds = (),
    notes: tuple[str, ...] = (),
) -> Outcome:
    """The outcome of an item that is in the record, with what was read back."""
    names = record.fields if whole else [name for name in (*item.after, *item.later) if name in record.fields]
    return Outcome(
        ItemState.DONE,
        record_id=record.record_id,
        mod_id=record.mod_id,
        after={name: record.fields[name] for name in names},
        new_rows=new_rows,
        rows_left=rows_left(item, record, new_rows),
        related=tuple((name, rows.found) for name, rows in record.portals.items()) if whole else (),
        notes=notes,
    )


def closed_now(record: Record) -> tuple[str, ...]:
    """What is said of a record that was written and may not be changed any more, by the owner's rules."""
    if not record.closed:
        return ()
    return (
        say(
            "It was written. %(closed)s So it can be neither changed further nor taken back here.",
            closed=record.closed,
        ),
    )


def refused(meta: LayoutMeta, item: Item, record: Record, why: str = NOT_IN_IT) -> Outcome:
    return Outcome(ItemState.REFUSED, item.record_id, notes=(why, *difference(meta, item, record)), code=306)


def unknown(why: str, item: Item) -> Outcome:
    return Outcome(
        ItemState.UNKNOWN,
        record_id=item.record_id,
        notes=(say("It is not known whether this was carried out. %(why)s", why=why),),
    )


def stored_otherwise(meta: LayoutMeta, item: Item, fields: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(
        say("FileMaker stored %(fields)s in %(name)s.", fields=Held(fields[name]), name=Name(name))
        for name, value in item.after.items()
        if name in fields and not same_value(meta.field_named(name), value, fields[name])
    )


def difference(meta: LayoutMeta, item: Item, record: Record) -> tuple[str, ...]:
    """What the planned fields and rows hold now, where that is not what was seen at planning."""
    sentences = [
        say(
            "%(name)s was %(was)s when it was planned and is %(what)s now.",
            name=Name(name),
            was=Held(was),
            what=Held(record.fields.get(name, "")),
        )
        for name, was in item.before.items()
        if not same_value(meta.field_named(name), was, record.fields.get(name, ""))
    ]
    for change in item.rows:
        row = row_of(record, change)
        sentences += [
            say(
                "%(name)s of row %(record_id)s was %(was)s when it was planned and is %(fields)s now.",
                name=Name(name),
                record_id=change.record_id or "",
                was=Held(was),
                fields=Held(row.fields[name]),
            )
            for name, was in change.before.items()
            if row is not None
            and name in row.fields
            and not same_value(meta.field_named(name), was, row.fields[name])
        ]
    return tuple(sentences)
