"""Several records of a layout as they are now, with one find where a field tells them apart.

No find can name a record id (section 7), and a range of ids can be asked for in no other way. So records are asked for by
what they are known by: their key, what FileMaker entered when they were created, or the field by which they were chosen.
Which of those that come are meant is told by the ids. Every record that the find did not bring is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange, Query
from ...dataapi.record import Page, Record
from ...errors import InputError
from ...host_errors import FileMakerError, RecordMissing
from ...policy import key_of
from ...query.found_sets.parallel_reads import in_parallel
from ..plans.item import Item, Values
from ..plans.marks import is_comparable
from ..plans.step import Step
from .apply_context import Means

TOGETHER = 40
"""Records that one find names."""
ROOM = 2
"""A value may name records beside the one that is meant: that many times as many are taken."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Records as they were a moment ago, by their ids. One that was not there is left out."""

    records: dict[str, Record] = field(default_factory=dict[str, Record])
    named_by: str = ""
    """The field by which one find named them; empty where each was read by itself."""
    named: frozenset[str] = frozenset()
    """The ids of those that the find brought."""


async def records_now(
    means: Means, step: Step, items: Sequence[tuple[str, Item]], portals: tuple[PortalRange, ...]
) -> Lookup:
    """What is there under the ids of (record id, item) pairs. Raises what keeps the host from being asked."""
    meta = await means.database.layout(step.layout)
    wanted = dict.fromkeys(record_id for record_id, _ in items)
    known = [_known_by(item) for _, item in items]
    name = _telling(meta, key_of(means.database.policy, meta.name), known)
    page = await _found(means, meta, name, known, portals)
    found = {} if page is None else {record.record_id: record for record in page.records}
    records = {record_id: found[record_id] for record_id in wanted if record_id in found}
    named = frozenset(records)
    left = [record_id for record_id in wanted if record_id not in records]
    records |= await _one_by_one(means, step, left, portals)
    return Lookup(records, name, named)


async def records_named(
    means: Means, meta: LayoutMeta, known: Sequence[tuple[str, Values]], portals: tuple[PortalRange, ...]
) -> dict[str, Record]:
    """Those of many records that finds can name, for (record id, what the record is known by) pairs."""
    key = key_of(means.database.policy, meta.name)
    found: dict[str, Record] = {}

    async def some(pairs: Sequence[tuple[str, Values]]) -> None:
        values = [each for _, each in pairs]
        page = await _found(means, meta, _telling(meta, key, values), values, portals)
        wanted = frozenset(record_id for record_id, _ in pairs)
        found.update(
            (each.record_id, each) for each in (page.records if page else ()) if each.record_id in wanted
        )

    starts = range(0, len(known), TOGETHER)
    await in_parallel(
        (partial(some, known[start : start + TOGETHER]) for start in starts), means.database.pool_size
    )
    return found


async def still_there(
    means: Means, step: Step, items: Sequence[tuple[str, Item]], before: Lookup
) -> dict[str, Record]:
    """Those of the deleted records that are there nevertheless. What a find brought before and does not bring any more is
    gone; each other one is asked for by its id, since that a find does not bring it tells less."""
    meta = await means.database.layout(step.layout)
    named = [(record_id, item) for record_id, item in items if record_id in before.named]
    page = await _found(means, meta, before.named_by, [_known_by(item) for _, item in named], ())
    told = frozenset[str]()
    if page is not None and page.reach <= ROOM * len(named):
        told = frozenset(record_id for record_id, _ in named).difference(
            page.passed_over, (record.record_id for record in page.records)
        )
    left = [record_id for record_id, _ in items if record_id not in told]
    return await _one_by_one(means, step, left, ())


async def _one_by_one(
    means: Means, step: Step, record_ids: Sequence[str], portals: tuple[PortalRange, ...]
) -> dict[str, Record]:
    records: dict[str, Record] = {}

    async def one(record_id: str) -> None:
        try:
            records[record_id] = await means.database.record(step.layout, record_id, portals=portals)
        except RecordMissing:
            return

    await in_parallel((partial(one, each) for each in record_ids), means.database.pool_size)
    return records


async def _found(
    means: Means, meta: LayoutMeta, name: str, known: Sequence[Values], portals: tuple[PortalRange, ...]
) -> Page | None:
    """What one find brings by that field; None where no find can name the records."""
    if not name or len(known) < 2:
        return None
    try:
        requests = tuple(means.exact(meta, name, values[name]) for values in known)
        query = Query(meta.name, requests, limit=ROOM * len(known), portals=portals)
        return await means.database.page(query)
    except (InputError, FileMakerError):  # no find takes such a value, or this field: each is read by itself
        return None


def _telling(meta: LayoutMeta, key: str | None, known: Sequence[Values]) -> str:
    """A field of which every record has another value; empty where there is none. The owner's key comes first."""
    names = [name for name in known[0] if name in meta.fields] if known else []
    for name in sorted(names, key=lambda name: name != key):
        found = meta.fields[name]
        if not is_comparable(found) or found.is_related or found.type not in ("text", "number"):
            continue
        values = [values.get(name, "") for values in known]
        if "" not in values and len({str(value).casefold() for value in values}) == len(values):
            return name
    return ""


def _known_by(item: Item) -> Values:
    """Fields by which the record can be found after the item was carried out."""
    if item.record_id is None:
        return {item.key[0]: item.key[1]} if item.key is not None else {}
    known = {**item.marks, **item.chosen_by}
    return {name: value for name, value in known.items() if name not in item.after}
