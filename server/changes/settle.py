"""Whether a write whose answer was lost was carried out: told by looking, never by guessing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..dataapi.models import FindRequest, LayoutMeta, Query, Record
from ..database import Database
from ..errors import FilemakerMcpError, RecordMissing
from .check import same_value
from .plan import Item, ItemState, Kind, Outcome, RowKind, Step
from .sending import touched_portals
from .uploads import Uploads

Exact = Callable[[LayoutMeta, str, object], FindRequest]
"""A find request for exactly that value in a field."""

NOT_CARRIED_OUT = Outcome(
    ItemState.OPEN, notes=("The request did not reach FileMaker; nothing was changed.",)
)


async def look(database: Database, uploads: Uploads, step: Step, item: Item, exact: Exact) -> Outcome:
    """The outcome of an item that was sent: `done`, `open` (certainly not carried out), `refused` (somebody else was
    there) or `unknown` (cannot be told, or the host stays away)."""
    try:
        match step.kind:
            case Kind.DELETE:
                return await _deleted(database, step, item)
            case Kind.EDIT:
                return await _edited(database, step, item)
            case Kind.CREATE:
                return await _created(database, step, item, exact)
            case Kind.UPLOAD:
                return await _uploaded(database, uploads, step, item)
            case Kind.RUN:
                return unknown(
                    "A script cannot be asked afterwards, and it is not run again by itself.", item
                )
            case Kind.DUPLICATE:
                return unknown("A duplicate has no field by which it could be found again.", item)
    except FilemakerMcpError as error:
        return unknown(f"The host could not be asked: {error.what}", item)


def unknown(why: str, item: Item) -> Outcome:
    return Outcome(
        ItemState.UNKNOWN,
        record_id=item.record_id,
        notes=(f"It is not known whether this was carried out. {why}",),
    )


async def _deleted(database: Database, step: Step, item: Item) -> Outcome:
    try:
        record = await database.record(step.layout, item.target, portals=())
    except RecordMissing:
        return Outcome(ItemState.DONE, record_id=item.record_id)
    return replace(NOT_CARRIED_OUT, record_id=record.record_id)


async def _edited(database: Database, step: Step, item: Item) -> Outcome:
    """modId rises by one with each save through the layout (section 6.2 [O]); after an edit of portal rows alone it may
    not (section 20), so rows are compared themselves."""
    meta = await database.layout(step.layout)
    try:
        record = await database.record(step.layout, item.target, portals=touched_portals(item))
    except RecordMissing:
        return Outcome(
            ItemState.REFUSED, item.record_id, notes=("The record does not exist any more.",), code=101
        )
    written = fields_as_wanted(meta, item, record) and rows_as_wanted(meta, item, record)
    if written and (record.mod_id != item.mod_id or item.rows):
        return done(item, record)
    if record.mod_id == item.mod_id:
        return replace(NOT_CARRIED_OUT, record_id=record.record_id)
    return Outcome(
        ItemState.REFUSED,
        item.record_id,
        notes=(
            "Somebody else changed the record; this change is not in it.",
            *difference(meta, item, record),
        ),
        code=306,
    )


async def _created(database: Database, step: Step, item: Item, exact: Exact) -> Outcome:
    if item.key is None:
        return unknown(
            "The record has no key by which it could be found again; the owner can name one (setting `keys`).",
            item,
        )
    meta = await database.layout(step.layout)
    name, value = item.key
    page = await database.page(Query(step.layout, (exact(meta, name, value),), limit=2))
    if not page.records:
        return NOT_CARRIED_OUT
    return done(item, page.records[0], whole=True)


async def _uploaded(database: Database, uploads: Uploads, step: Step, item: Item) -> Outcome:
    if item.record_id is None:
        return unknown("The record it was for is not known.", item)
    record = await database.record(step.layout, item.record_id, portals=())
    if await uploads.fits(database, step.layout, item):
        return Outcome(ItemState.DONE, record.record_id, record.mod_id)
    if record.mod_id == item.mod_id:
        return replace(NOT_CARRIED_OUT, record_id=record.record_id)
    return unknown("The container holds another file now.", item)


def done(item: Item, record: Record, *, whole: bool = False, notes: tuple[str, ...] = ()) -> Outcome:
    """The outcome of an item that is in the record, with what was read back."""
    names = record.fields if whole else [name for name in (*item.after, *item.later) if name in record.fields]
    return Outcome(
        ItemState.DONE,
        record_id=record.record_id,
        mod_id=record.mod_id,
        after={name: record.fields[name] for name in names},
        new_rows=new_rows(item, record),
        notes=notes,
    )


def fields_as_wanted(meta: LayoutMeta, item: Item, record: Record) -> bool:
    return all(
        same_value(meta.field_named(name), value, record.fields.get(name, ""))
        for name, value in item.after.items()
    )


def rows_as_wanted(meta: LayoutMeta, item: Item, record: Record) -> bool:
    for change in item.rows:
        rows = record.portals[change.portal].rows if change.portal in record.portals else ()
        there = {row.record_id: row for row in rows}
        if change.kind is RowKind.REMOVE:
            if change.record_id in there:
                return False
            continue
        known = item.known_rows.get(change.portal, ())
        candidates = [
            row
            for row in rows
            if (row.record_id == change.record_id if change.record_id else row.record_id not in known)
        ]
        if not any(
            all(
                same_value(meta.field_named(name), value, row.fields.get(name, ""))
                for name, value in change.after.items()
            )
            for row in candidates
        ):
            return False
    return True


def new_rows(item: Item, record: Record) -> tuple[tuple[str, str], ...]:
    """(portal, record id) of rows that were not there before, where the change adds rows."""
    adding = dict.fromkeys(change.portal for change in item.rows if change.kind is RowKind.ADD)
    return tuple(
        (portal, row.record_id)
        for portal in adding
        if portal in record.portals
        for row in record.portals[portal].rows
        if row.record_id not in item.known_rows.get(portal, ())
    )


def difference(meta: LayoutMeta, item: Item, record: Record) -> tuple[str, ...]:
    """What the planned fields hold now, where that is not what was seen at planning."""
    return tuple(
        f"{name!r} was {item.before[name]!r} when it was planned and is {record.fields.get(name, '')!r} now."
        for name in item.before
        if not same_value(meta.field_named(name), item.before[name], record.fields.get(name, ""))
    )
