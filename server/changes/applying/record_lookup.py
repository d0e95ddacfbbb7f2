"""Several records of a layout as they are now, with one find where a field tells them apart.

No find can name a record id (section 7), and a range of ids can be asked for in no other way. So records are asked for by
what they are known by: their key, what FileMaker entered when they were created, or the field by which they were chosen.
Which of those that come are meant is told by the ids. Every record that the find did not bring is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...dataapi.models import LayoutMeta, PortalRange, Query, Record, Value
from ...errors import FileMakerError, InputError, RecordMissing
from ...policy import key_of
from ...query.found_sets.parallel_reads import in_parallel
from ..plans.marks import is_comparable
from ..plans.plan import Item, Step
from .apply_context import Means

ROOM = 2
"""A value may name records beside the one that is meant: that many times as many are taken."""


async def records_now(
    means: Means, step: Step, items: Sequence[tuple[str, Item]], portals: tuple[PortalRange, ...]
) -> dict[str, Record]:
    """Record id -> the record, for (record id, item) pairs; one that is not there is left out. Raises what keeps the host
    from being asked."""
    meta = await means.database.layout(step.layout)
    wanted = dict.fromkeys(record_id for record_id, _ in items)
    found = await _found(means, meta, [item for _, item in items], portals)
    records = {record_id: found[record_id] for record_id in wanted if record_id in found}

    async def one(record_id: str) -> None:
        try:
            records[record_id] = await means.database.record(step.layout, record_id, portals=portals)
        except RecordMissing:
            return

    left = [record_id for record_id in wanted if record_id not in records]
    await in_parallel((partial(one, each) for each in left), means.database.pool_size)
    return records


async def _found(
    means: Means, meta: LayoutMeta, items: Sequence[Item], portals: tuple[PortalRange, ...]
) -> dict[str, Record]:
    """By id, what one find brings; nothing where no find can name the records."""
    named = _telling(meta, key_of(means.database.policy, meta.name), items)
    if named is None or len(items) < 2:
        return {}
    name, values = named
    try:
        requests = tuple(means.exact(meta, name, value) for value in values)
        query = Query(meta.name, requests, limit=ROOM * len(values), portals=portals)
        page = await means.database.page(query)
    except (InputError, FileMakerError):  # no find takes such a value, or this field: each is read by itself
        return {}
    return {record.record_id: record for record in page.records}


def _telling(meta: LayoutMeta, key: str | None, items: Sequence[Item]) -> tuple[str, list[Value]] | None:
    """A field of which every item has another value, and the values. The owner's key comes first."""
    known = [_known_by(item) for item in items]
    names = [name for name in known[0] if name in meta.fields] if known else []
    for name in sorted(names, key=lambda name: name != key):
        field = meta.fields[name]
        if not is_comparable(field) or field.is_related or field.type not in ("text", "number"):
            continue
        values = [values.get(name, "") for values in known]
        if "" not in values and len({str(value).casefold() for value in values}) == len(values):
            return name, values
    return None


def _known_by(item: Item) -> dict[str, Value]:
    """Fields by which the record can be found after the item was carried out."""
    if item.record_id is None:
        return {item.key[0]: item.key[1]} if item.key is not None else {}
    known = {**item.marks, **item.chosen_by}
    return {name: value for name, value in known.items() if name not in item.after}
