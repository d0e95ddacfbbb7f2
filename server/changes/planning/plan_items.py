"""Turns wanted values into items of a plan: values are checked against the layout, records keep their before-image."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...criteria.targets import is_field, portal_called
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...errors import InputError
from ..plans.field_check import UNCHANGED, check_value, same_value, typed, writable_field
from ..plans.item import FromStep, Item, RowChange, RowKind
from ..plans.labels import label_of
from ..plans.list_choices import spelled
from ..plans.step import Step, StepKind, SummedItems
from ..values.values import FromFile, meant
from .copied_values import from_same_record
from .portal_rows import own_occurrence, row_changes

Wanted = Mapping[str, Any]
"""Field or portal -> what is to become of it."""


@dataclass
class ItemDraft:
    """The checked changes to one record."""

    after: dict[str, Value] = field(default_factory=dict[str, Value])
    later: dict[str, FromStep] = field(default_factory=dict[str, FromStep])
    rows: list[RowChange] = field(default_factory=list[RowChange])
    files: list[tuple[str, FromFile]] = field(default_factory=list[tuple[str, FromFile]])
    known_rows: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def drafted(meta: LayoutMeta, record: Record | None, wanted: Wanted, warnings: list[str]) -> ItemDraft:
    """The checked changes to one record, or to a new one for None. Raises InputError or NameUnknown for the first value that does not fit.

    What is computed comes from the record as it is; for a new one, from what is given with it."""
    draft = ItemDraft()
    given_first = wanted if record is not None else _plain_first(wanted)
    for given, raw in given_first.items():
        portal = None if is_field(meta, given) else portal_called(meta, given)
        if portal is not None:
            present = record.portals.get(portal.name) if record is not None else None
            draft.rows += row_changes(meta, portal, raw, present, warnings)
            draft.known_rows[portal.name] = tuple(r.record_id for r in present.rows) if present else ()
            continue
        name, found = writable_field(meta, given)
        if name in draft.after or name in draft.later or name in dict(draft.files):
            raise InputError(f"The field {name!r} is named twice, once as {given!r}", advice=UNCHANGED)
        value = meant(found, name, from_same_record(meta, name, raw))
        if isinstance(value, FromFile):
            draft.files.append((name, value))
            continue
        if isinstance(value, FromStep):
            draft.later[name] = value
            continue
        final = value(_before(meta, record, draft)) if callable(value) else value
        listed = meta.value_lists.get(found.value_list or "")
        final = spelled(found, name, final, listed, warnings)
        warning = check_value(found, name, final, listed)
        if warning and warning not in warnings:
            warnings.append(warning)
        draft.after[name] = typed(found, final)
    return draft


def _plain_first(wanted: Wanted) -> Wanted:
    return dict(sorted(wanted.items(), key=lambda each: isinstance(each[1], Mapping)))


def _before(meta: LayoutMeta, record: Record | None, draft: ItemDraft) -> Mapping[str, Value]:
    return record.fields if record is not None else {**dict.fromkeys(meta.fields, ""), **draft.after}


def written_names(items: Sequence[Item]) -> list[str]:
    """Every field that the items would write, each once."""
    names: dict[str, None] = {}
    for item in items:
        files = () if item.file is None else (item.file.field,)
        for name in (*item.after, *item.later, *files, *(n for row in item.rows for n in row.after)):
            names[name] = None
    return list(names)


def removed_from(items: Sequence[Item]) -> list[str]:
    """The occurrences of which the items would delete rows."""
    rows = (row for item in items for row in item.rows if row.kind is RowKind.REMOVE)
    return list(dict.fromkeys(row.occurrence for row in rows))


def new_item(
    meta: LayoutMeta, wanted: Wanted, key: str | None, warnings: list[str]
) -> tuple[Item, ItemDraft]:
    """An item that creates a record; `key` is the owner-named key field, filled here when nobody else fills it."""
    draft = drafted(meta, None, wanted, warnings)
    given = {*draft.after, *draft.later}
    missing = [
        found.name
        for found in meta.fields.values()
        if found.required
        and not found.auto_enter
        and not found.is_related
        and not found.is_global
        and found.kind == "normal"
        and not given & {found.name, *found.shown_names}
        and found.name not in {name for name, _ in draft.files}
    ]
    if missing:
        raise InputError(
            f"A new record on {meta.name!r} needs {', '.join(repr(name) for name in missing)}",
            advice=UNCHANGED,
        )
    own = meta.fields.get(key) if key else None
    made = own is not None and own.name not in given and own.type == "text" and own.kind == "normal"
    if own is not None and made:
        draft.after[own.name] = str(uuid.uuid4()).upper()
    named = own is not None and own.name in draft.after
    return (
        Item(
            label=label_of(meta, draft.after),
            after=draft.after,
            later=draft.later,
            rows=tuple(draft.rows),
            known_rows=draft.known_rows,
            key=(own.name, draft.after[own.name]) if own is not None and named else None,
            made_key=made,
        ),
        draft,
    )


def edited_item(
    meta: LayoutMeta, record: Record, wanted: Wanted, warnings: list[str]
) -> tuple[Item | None, ItemDraft]:
    """An item that edits a record. None when every field is as wanted already and no row or file is touched."""
    draft = drafted(meta, record, wanted, warnings)
    after = {
        name: value
        for name, value in draft.after.items()
        if not same_value(meta.field_named(name), record.fields.get(name, ""), value)
    }
    if not after and not draft.later and not draft.rows:
        return None, draft
    before = {name: record.fields.get(name, "") for name in (*after, *draft.later)}
    return (
        Item(
            record_id=record.record_id,
            mod_id=record.mod_id,
            label=label_of(meta, record.fields),
            before=before,
            after=after,
            later=draft.later,
            rows=tuple(draft.rows),
            known_rows=draft.known_rows,
        ),
        draft,
    )


def deleted_item(meta: LayoutMeta, record: Record) -> Item:
    """An item that deletes a record, with all that the layout shows of it and of its related rows."""
    return Item(
        record_id=record.record_id,
        mod_id=record.mod_id,
        label=label_of(meta, record.fields),
        before=dict(record.fields),
        related=tuple(
            RowChange(
                RowKind.REMOVE,
                name,
                own_occurrence(meta.portals[name], rows),
                dict(row.fields),
                {},
                row.record_id,
                row.mod_id,
            )
            for name, rows in record.portals.items()
            if name in meta.portals
            for row in rows.rows
        ),
    )


def step_of(
    kind: StepKind,
    layout: str,
    items: Sequence[Item],
    how: str,
    warnings: Sequence[str],
    notes: Sequence[str] = (),
) -> Step:
    kept = items if isinstance(items, SummedItems) else tuple(items)
    return Step(kind, layout, kept, how, tuple(dict.fromkeys(warnings)), tuple(dict.fromkeys(notes)))
