"""Rows of a file matched with records by a key: matched, unmatched, ambiguous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...dataapi.models import FieldMeta, LayoutMeta, Query, Record, Value
from ...database.database import Database
from ...documents.documents import Row
from ...errors import InputError
from ..applying.apply_context import Exact
from ..plans.field_check import UNCHANGED, stored_form, writable_field
from .plan_items import Wanted

AT_ONCE = 40
"""Keys a find request list holds."""
TOLD = 10


@dataclass(frozen=True)
class Matched:
    pairs: tuple[tuple[Record, Wanted], ...]
    notes: tuple[str, ...]


async def matched(
    database: Database, meta: LayoutMeta, rows: Sequence[Row], key: str | None, exact: Exact
) -> Matched:
    """Each row with its record. A row that fits none or several is left out and said."""
    field = _key(meta, rows, key)
    for column in rows[0]:
        if column != field.name:
            writable_field(meta, column)
    unkeyed = [number for number, row in enumerate(rows, start=2) if row.get(field.name, "") == ""]
    keyed = [row for row in rows if row.get(field.name, "") != ""]
    twice = _repeated(field, keyed)
    found: dict[object, list[Record]] = {}
    for record in await _records(database, meta, field, keyed, exact):
        found.setdefault(stored_form(field, record.fields.get(field.name, "")), []).append(record)
    pairs: list[tuple[Record, Wanted]] = []
    unmatched: list[str] = []
    ambiguous: list[str] = []
    for row in keyed:
        value = row[field.name]
        fitting = found.get(stored_form(field, value), [])
        if str(value) in twice or len(fitting) > 1:
            ambiguous.append(str(value))
        elif not fitting:
            unmatched.append(str(value))
        else:
            pairs.append((fitting[0], {name: cell for name, cell in row.items() if name != field.name}))
    notes = [f"{len(rows)} rows, {len(pairs)} of them matched a record by {field.name!r}."]
    notes += _told("matched no record and are left out", unmatched)
    notes += _told(
        "matched several records, or stand in the file twice, and are left out",
        list(dict.fromkeys(ambiguous)),
    )
    notes += _told("have no key and are left out (rows)", [str(number) for number in unkeyed])
    if not pairs:
        raise InputError(f"No row of the file can be used: {' '.join(notes)}", advice=UNCHANGED)
    return Matched(tuple(pairs), tuple(notes))


def _key(meta: LayoutMeta, rows: Sequence[Row], key: str | None) -> FieldMeta:
    columns = ", ".join(repr(column) for column in rows[0])
    if key is None:
        raise InputError(f"`key` is missing: which of {columns} names a record?", advice=UNCHANGED)
    field = meta.fields.get(key)
    if field is None or field.type == "container" or field.is_global:
        raise InputError(f"{key!r} is no field of {meta.name!r} that could be searched", advice=UNCHANGED)
    if key not in rows[0]:
        raise InputError(f"The file has no column {key!r}, it has {columns}", advice=UNCHANGED)
    if len(rows[0]) < 2:
        raise InputError("The file has no column beside its key", advice=UNCHANGED)
    return field


def _repeated(field: FieldMeta, rows: Sequence[Row]) -> set[str]:
    seen: dict[str, str] = {}
    repeated: set[str] = set()
    for row in rows:
        value = str(row[field.name])
        if value.casefold() in seen:
            repeated |= {value, seen[value.casefold()]}
        seen[value.casefold()] = value
    return repeated


async def _records(
    database: Database, meta: LayoutMeta, field: FieldMeta, rows: Sequence[Row], exact: Exact
) -> list[Record]:
    found: dict[str, Record] = {}
    values: list[Value] = list(dict.fromkeys(row[field.name] for row in rows))
    for start in range(0, len(values), AT_ONCE):
        requests = tuple(exact(meta, field.name, value) for value in values[start : start + AT_ONCE])
        query = Query(meta.name, requests, limit=AT_ONCE * 3, portals=())
        page = await database.page(query)
        if page.found > len(page.records):
            raise InputError(
                f"{field.name!r} does not name single records: {page.found} records have {len(requests)} of its values",
                advice=f"Choose another key. {UNCHANGED}",
            )
        found |= {record.record_id: record for record in page.records}
    return list(found.values())


def _told(what: str, values: Sequence[str]) -> list[str]:
    if not values:
        return []
    some = ", ".join(values[:TOLD])
    return [f"{len(values)} {what}: {some}{' ...' if len(values) > TOLD else ''}."]
