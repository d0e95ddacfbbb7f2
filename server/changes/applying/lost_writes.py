"""Whether a write whose answer was lost was carried out: told by looking, never by guessing."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import Query
from ...dataapi.record import Record
from ...errors import FilemakerMcpError
from ...host_errors import RecordMissing
from ...text.plain_parts import Held, Listed, Name
from ...text.sentence import say
from ..duties import script_outcome
from ..journal.other_writes import Place
from ..outcomes.edit_outcome import NOT_CARRIED_OUT, edited
from ..outcomes.told_outcomes import done, unknown
from ..plans.field_check import same_value
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.step import Step, StepKind
from .apply_context import Means
from .item_reading import touched_portals
from .item_request import only_missing

SAME_KEY = 10
"""Records under one key that are looked at: more than one is a mistake already."""


async def look(means: Means, place: Place, step: Step, item: Item) -> Outcome:
    """The outcome of an item that was sent: `done`, `open` (certainly not carried out), `refused` (somebody else was
    there) or `unknown` (cannot be told, or the host stays away)."""
    try:
        return await found_out(means, place, step, item)
    except FilemakerMcpError as error:
        return unknown(say("The host could not be asked: %(what)s", what=error.what), item)


async def found_out(means: Means, place: Place, step: Step, item: Item) -> Outcome:
    """As `look`. Raises what keeps the host from being asked."""
    if step.through:
        return await script_outcome.found_out(means, place, step, item)
    match step.kind:
        case StepKind.DELETE:
            return await _deleted(means, step, item)
        case StepKind.EDIT:
            return await _edited(means, place, step, item)
        case StepKind.CREATE:
            return await _created(means, place, step, item)
        case StepKind.UPLOAD:
            return await _uploaded(means, step, item)
        case StepKind.RUN:
            return unknown(
                say("A script cannot be asked afterwards, and it is not run again by itself."), item
            )
        case StepKind.EXPORT:
            return unknown(say("A file is looked for in the files folder."), item)
        case StepKind.DUPLICATE:
            return unknown(say("A duplicate has no field by which it could be found again."), item)


async def _deleted(means: Means, step: Step, item: Item) -> Outcome:
    try:
        record = await means.database.record(step.layout, item.target, portals=())
    except RecordMissing:
        return Outcome(ItemState.DONE, record_id=item.record_id)
    return replace(NOT_CARRIED_OUT, record_id=record.record_id)


async def _edited(means: Means, place: Place, step: Step, item: Item) -> Outcome:
    meta = await means.database.layout(step.layout)
    try:
        if item.if_missing:
            item = await only_missing(means.database, step, item)
            return replace(NOT_CARRIED_OUT, record_id=item.record_id) if item.rows else _nothing_left(item)
        record = await means.database.record(step.layout, item.target, portals=touched_portals(item))
    except RecordMissing:
        return Outcome(
            ItemState.REFUSED, item.record_id, notes=(say("The record does not exist any more."),), code=101
        )
    known = dict(item.known_rows)
    for portal, rows in (await means.accounts.appeared(place)).items():
        known[portal] = (*known.get(portal, ()), *rows)
    item = replace(item, known_rows=known)
    others = await means.accounts.others(place, step.layout, item.target)
    return edited(meta, item, record, others)


def _nothing_left(item: Item) -> Outcome:
    return Outcome(ItemState.DONE, item.record_id, item.mod_id)


async def _created(means: Means, place: Place, step: Step, item: Item) -> Outcome:
    if item.key is None:
        return unknown(
            say(
                "The record has no key by which it could be found again; the owner can name one (setting "
                "`keys`)."
            ),
            item,
        )
    meta = await means.database.layout(step.layout)
    name, value = item.key
    page = await means.database.page(Query(step.layout, (means.exact(meta, name, value),), limit=SAME_KEY))
    strangers: list[str] = []
    for record in page.records:
        by = await means.accounts.creator(place, step.layout, record.record_id)
        if by is None and _is_ours(meta, item, record):
            return done(item, record, whole=True)
        strangers.append(say("%(id)s of %(plan)s", id=record.record_id, plan=by) if by else record.record_id)
    if not strangers:
        return NOT_CARRIED_OUT
    text = say(
        "%(field)s is the key, and %(value)s is another record's meanwhile: %(records)s. This one was not created.",
        field=Name(name),
        value=Held(value),
        records=Listed(tuple(strangers)),
    )
    return Outcome(ItemState.REFUSED, notes=(text,))


def _is_ours(meta: LayoutMeta, item: Item, record: Record) -> bool:
    """Keys were free when the change was planned. Whoever took the same one since has not written the same beside it."""
    if item.made_key:
        return True
    beside = [name for name, value in item.after.items() if name != (item.key or ("",))[0] and value != ""]
    return not beside or any(
        same_value(meta.field_named(name), item.after[name], record.fields.get(name, "")) for name in beside
    )


async def _uploaded(means: Means, step: Step, item: Item) -> Outcome:
    if item.record_id is None:
        return unknown(say("The record it was for is not known."), item)
    record = await means.database.record(step.layout, item.record_id, portals=())
    if await means.uploads.fits(means.database, step.layout, item):
        return Outcome(ItemState.DONE, record.record_id, record.mod_id)
    if record.mod_id == item.mod_id:
        return replace(NOT_CARRIED_OUT, record_id=record.record_id)
    return unknown(say("The container holds another file now."), item)
