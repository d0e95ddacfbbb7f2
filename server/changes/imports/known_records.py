"""Records that rows of a sheet mean: found by one or several key fields, many with one find, or by the export's own id."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ...criteria.collation import folded
from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.query import FindRequest, Query
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.parallel_reads import in_parallel
from ...text.fingerprints import fingerprint
from ...text.sentence import say
from ..applying.apply_context import Exact
from ..planning.records_by_id import Progress, records_by_id
from ..plans.field_check import UNCHANGED, stored_form
from ..unhurried import Pace
from .read_row import SheetRecord

AT_ONCE = 40
"""Keys a find request list holds."""
MOST_EACH = 12
"""Records with one of those keys that are read on average; more name nothing by themselves."""
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


def key_print(keys: Sequence[FieldMeta], record: SheetRecord) -> int | None:
    """A fingerprint of what names the record, by which the same key in another row is found; None where it has none. Without
    keys, the export's own id does."""
    if not keys:
        return fingerprint(record.record_id) if record.record_id else None
    return fingerprint(*_key(keys, record.fields, fold=True)) if _is_keyed(keys, record) else None


async def known_by_id(
    database: Database,
    meta: LayoutMeta,
    records: Sequence[SheetRecord],
    repeated: Container[int | None],
    report: Progress,
) -> KnownRecords:
    """By the record id that our own export wrote in the column `id`. `repeated` are the keys that several rows have."""
    twice = {r.record_id for r in records if key_print((), r) in repeated}
    ids = [r.record_id for r in records if r.record_id and r.record_id not in twice]
    there = await records_by_id(database, meta.name, ids, (), report)
    return KnownRecords(
        tuple((r, there[r.record_id]) for r in records if r.record_id in there),
        tuple(r for r in records if r.record_id and r.record_id not in there and r.record_id not in twice),
        doubled=tuple(r for r in records if r.record_id in twice),
        unkeyed=tuple(r for r in records if not r.record_id),
    )


async def known_by_key(
    database: Database,
    meta: LayoutMeta,
    keys: Sequence[FieldMeta],
    records: Sequence[SheetRecord],
    repeated: Container[int | None],
    exact: Exact,
    report: Progress,
) -> KnownRecords:
    """By key fields, compared as FileMaker compares them: capitals are overlooked, unless exactly one record has the same.
    `repeated` are the keys that several rows have."""
    keyed = [r for r in records if _is_keyed(keys, r)]
    doubled = [record for record in keyed if key_print(keys, record) in repeated]
    twice = {record.number for record in doubled}
    single = [record for record in keyed if record.number not in twice]
    pace = Pace()
    there: dict[KeyValues, list[Record]] = {}
    for record in await _records(database, meta, keys, single, exact, report):
        await pace.turn()
        there.setdefault(_key(keys, record.fields, fold=True), []).append(record)
    found: list[tuple[SheetRecord, Record]] = []
    missing: list[SheetRecord] = []
    ambiguous: list[SheetRecord] = []
    for each in single:
        await pace.turn()
        fitting = there.get(_key(keys, each.fields, fold=True), [])
        same = [r for r in fitting if _key(keys, r.fields, fold=False) == _key(keys, each.fields, fold=False)]
        chosen = same if len(same) == 1 else fitting
        if len(chosen) == 1:
            found.append((each, chosen[0]))
        else:
            (ambiguous if chosen else missing).append(each)
    unkeyed = [r for r in records if not _is_keyed(keys, r)]
    return KnownRecords(tuple(found), tuple(missing), tuple(ambiguous), tuple(doubled), tuple(unkeyed))


def _is_keyed(keys: Sequence[FieldMeta], record: SheetRecord) -> bool:
    return all(_filled(record.fields.get(key.name)) for key in keys)


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
        await report(looked, len(rows), say("looking rows up on %(layout)s", layout=meta.name))

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
