"""Records that rows of a sheet mean: found by one or several key fields, many with one find, or by the export's own id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import anyio.lowlevel

from ...criteria.collation import folded
from ...dataapi.models import FieldMeta, FindRequest, LayoutMeta, Query, Record, Value
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.parallel_reads import in_parallel
from ..applying.apply_context import Exact
from ..planning.records_by_id import Progress, records_by_id
from ..plans.field_check import UNCHANGED, stored_form
from .sheet_records import SheetRecord

AT_ONCE = 40
"""Keys a find request list holds."""
MOST_EACH = 12
"""Records with one of those keys that are read on average; more name nothing by themselves."""
BREATH = 500
"""Rows between two turns of others."""
KeyValues = tuple[object, ...]


@dataclass(frozen=True)
class KnownRecords:
    """What is there of the rows: rows of one record, rows of none, and those that cannot be told apart."""

    found: tuple[tuple[SheetRecord, Record], ...] = ()
    missing: tuple[SheetRecord, ...] = ()
    ambiguous: tuple[SheetRecord, ...] = ()
    """Rows whose key several records have."""
    doubled: tuple[SheetRecord, ...] = ()
    """Rows of which another row has the same key."""
    unkeyed: tuple[SheetRecord, ...] = ()


async def known_by_id(
    database: Database, meta: LayoutMeta, records: Sequence[SheetRecord], report: Progress
) -> KnownRecords:
    """By the record id that our own export wrote in the column `id`."""
    ids = [record.record_id for record in records if record.record_id]
    twice = {each for each, count in Counter(ids).items() if count > 1}
    there = await records_by_id(database, meta.name, list(dict.fromkeys(ids)), (), report)
    return KnownRecords(
        tuple((r, there[r.record_id]) for r in records if r.record_id in there and r.record_id not in twice),
        tuple(r for r in records if r.record_id and r.record_id not in there and r.record_id not in twice),
        doubled=tuple(r for r in records if r.record_id in twice),
        unkeyed=tuple(r for r in records if not r.record_id),
    )


async def known_by_key(
    database: Database,
    meta: LayoutMeta,
    keys: Sequence[FieldMeta],
    records: Sequence[SheetRecord],
    exact: Exact,
    report: Progress,
) -> KnownRecords:
    """By key fields, compared as FileMaker compares them: capitals are overlooked, unless exactly one record has the same."""
    keyed = [r for r in records if all(_filled(r.fields.get(key.name)) for key in keys)]
    by_key: dict[KeyValues, list[SheetRecord]] = {}
    for number, record in enumerate(keyed):
        await _breathe(number)
        by_key.setdefault(_key(keys, record.fields, fold=True), []).append(record)
    doubled = [record for group in by_key.values() if len(group) > 1 for record in group]
    single = [group[0] for group in by_key.values() if len(group) == 1]
    there: dict[KeyValues, list[Record]] = {}
    for number, record in enumerate(await _records(database, meta, keys, single, exact, report)):
        await _breathe(number)
        there.setdefault(_key(keys, record.fields, fold=True), []).append(record)
    found: list[tuple[SheetRecord, Record]] = []
    missing: list[SheetRecord] = []
    ambiguous: list[SheetRecord] = []
    for number, each in enumerate(single):
        await _breathe(number)
        fitting = there.get(_key(keys, each.fields, fold=True), [])
        same = [r for r in fitting if _key(keys, r.fields, fold=False) == _key(keys, each.fields, fold=False)]
        chosen = same if len(same) == 1 else fitting
        if len(chosen) == 1:
            found.append((each, chosen[0]))
        else:
            (ambiguous if chosen else missing).append(each)
    unkeyed = [r for r in records if not all(_filled(r.fields.get(key.name)) for key in keys)]
    return KnownRecords(tuple(found), tuple(missing), tuple(ambiguous), tuple(doubled), tuple(unkeyed))


async def _breathe(number: int) -> None:
    """Others get their turn."""
    if number % BREATH == 0:
        await anyio.lowlevel.checkpoint()


def _filled(value: object) -> bool:
    return value not in (None, "") and not isinstance(value, Mapping)


def _key(keys: Sequence[FieldMeta], values: Mapping[str, Value], *, fold: bool) -> KeyValues:
    forms = (stored_form(key, values.get(key.name, "")) for key in keys)
    return tuple(folded(form.strip()) if fold and isinstance(form, str) else form for form in forms)


async def _records(
    database: Database,
    meta: LayoutMeta,
    keys: Sequence[FieldMeta],
    rows: Sequence[SheetRecord],
    exact: Exact,
    report: Progress,
) -> list[Record]:
    found: dict[str, Record] = {}
    looked = 0

    async def look(some: Sequence[SheetRecord]) -> None:
        nonlocal looked
        requests = tuple(_request(meta, keys, row, exact) for row in some)
        found.update((record.record_id, record) for record in await _few(database, meta, keys, requests))
        looked += len(some)
        await report(looked, len(rows), f"looking rows up on {meta.name}")

    starts = range(0, len(rows), AT_ONCE)
    await in_parallel((partial(look, rows[start : start + AT_ONCE]) for start in starts), database.pool_size)
    return list(found.values())


async def _few(
    database: Database, meta: LayoutMeta, keys: Sequence[FieldMeta], requests: tuple[FindRequest, ...]
) -> list[Record]:
    """What the requests find. What is passed over, out of scope, is neither counted nor told. Raises InputError for too many."""
    found: list[Record] = []
    query = Query(meta.name, requests, limit=AT_ONCE * MOST_EACH, portals=())
    while True:
        page = await database.page(query)
        found += page.records
        came = query.offset - 1 + len(page.ids)
        if not page.ids or came >= page.reach:
            return found
        if len(found) >= AT_ONCE * MOST_EACH or not meta.is_checked_here:
            named = " and ".join(repr(key.name) for key in keys)
            raise InputError(
                f"{named} does not name single records: more than {len(found)} records have {len(requests)} of its values",
                advice=f"Choose another key, or several. {UNCHANGED}",
            )
        query = replace(query, offset=came + 1)


def _request(meta: LayoutMeta, keys: Sequence[FieldMeta], row: SheetRecord, exact: Exact) -> FindRequest:
    parts = [exact(meta, key.name, row.fields[key.name]).criteria for key in keys]
    return FindRequest({name: text for part in parts for name, text in part.items()})
