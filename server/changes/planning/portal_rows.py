"""Related rows of a change: {"add": [...], "edit": [...], "remove": [...]} on a portal, checked and given their before-images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta, PortalMeta
from ...dataapi.record import PortalRow, PortalRows
from ...errors import InputError
from ...text.near_names import folded
from ..plans.field_check import UNCHANGED, check_value, typed, writable_field
from ..plans.item import FromStep, RowChange, RowKind
from ..plans.list_choices import spelled
from ..values.values import FromFile, meant
from .copied_values import from_same_record
from .same_contents import marked

FORM = '{"add": [{"Field": value}], "edit": [{"id": "7", "Field": value}], "remove": ["7"]}'


def row_changes(
    meta: LayoutMeta, portal: PortalMeta, raw: object, present: PortalRows | None, warnings: list[str]
) -> tuple[RowChange, ...]:
    """The row changes that `raw` asks for. `present` are the portal's rows now; None while the record does not exist yet."""
    if not isinstance(raw, Mapping):
        raise InputError(f"Rows of the portal {portal.name!r} are given as {FORM}", advice=UNCHANGED)
    wanted = cast("Mapping[str, Any]", raw)
    unknown = set(wanted) - {"add", "edit", "remove"}
    if unknown or not wanted:
        raise InputError(
            f"The portal {portal.name!r} takes {FORM}, and not {', '.join(sorted(unknown)) or 'nothing'}",
            advice=UNCHANGED,
        )
    by_id = {row.record_id: row for row in (present.rows if present else ())}
    own = own_occurrence(portal, present)
    changes: list[RowChange] = []
    for each in _list(portal, wanted.get("add")):
        after = _row_values(meta, portal, own, _mapping(portal, each), {}, warnings)
        changes.append(RowChange(RowKind.ADD, portal.name, own, after=after))
    for each in _list(portal, wanted.get("edit")):
        fields = dict(_mapping(portal, each))
        row = _row(portal, fields.pop("id", None), by_id)
        after = _row_values(meta, portal, own, fields, row.fields, warnings)
        before = {name: row.fields.get(name, "") for name in after}
        changes.append(RowChange(RowKind.EDIT, portal.name, own, before, after, row.record_id, row.mod_id))
    for each in _list(portal, wanted.get("remove")):
        row = _row(portal, each, by_id)
        if not own:
            raise InputError(
                f"The host does not tell whose records the portal {portal.name!r} shows, so none is removed through it",
                advice=f"Delete the record on a layout of its own table. {UNCHANGED}",
            )
        changes.append(
            RowChange(RowKind.REMOVE, portal.name, own, dict(row.fields), {}, row.record_id, row.mod_id)
        )
    return tuple(marked(meta, changes, present.rows if present else ()))


def own_occurrence(portal: PortalMeta, present: PortalRows | None) -> str:
    """Whose records the portal's rows are, as the host told it with them, else by its name; empty where that is no
    occurrence. Its fields do not tell: a portal may show more of further occurrences than of its own."""
    if present is not None and present.occurrence:
        return present.occurrence
    return portal.name if any(name.startswith(f"{portal.name}::") for name in portal.fields) else ""


def _row_values(
    meta: LayoutMeta,
    portal: PortalMeta,
    own: str,
    raw: Mapping[str, Any],
    before: Mapping[str, Value],
    warnings: list[str],
) -> dict[str, Value]:
    inside = LayoutMeta(meta.name, portal.fields, {}, meta.value_lists)
    values: dict[str, Value] = {}
    for given, wanted in raw.items():
        name, field = writable_field(inside, _qualified(portal, own, given))
        value = meant(field, name, from_same_record(inside, name, wanted))
        if isinstance(value, FromStep | FromFile):
            raise InputError(
                f"{given!r} in a portal row takes a value that is known now; "
                "change the related record on a layout of its own table instead",
                advice=UNCHANGED,
            )
        final = value(before) if callable(value) else value
        listed = meta.value_lists.get(field.value_list or "")
        final = spelled(field, name, final, listed, warnings)
        warning = check_value(field, name, final, listed)
        if warning and warning not in warnings:
            warnings.append(warning)
        values[name] = typed(field, final)
    if not values:
        raise InputError(f"A row of the portal {portal.name!r} names no field", advice=UNCHANGED)
    return values


def _qualified(portal: PortalMeta, own: str, given: str) -> str:
    """A bare name is a field of the portal's own occurrence, else of the only one that has it."""
    if "::" in given:
        return given
    bare = given.rpartition("(")[0] if given.endswith(")") else given
    wanted = {folded(given), folded(bare)}
    having = [name.partition("::")[0] for name in portal.fields if folded(name.partition("::")[2]) in wanted]
    occurrence = own if own in having or len(set(having)) != 1 else having[0]
    return f"{occurrence or portal.occurrence}::{given}"


def _row(portal: PortalMeta, record_id: object, by_id: Mapping[str, PortalRow]) -> PortalRow:
    if record_id is None:
        raise InputError(
            f'A row of the portal {portal.name!r} that is edited is named by its "id"',
            advice=f'Write {{"edit": [{{"id": "7", "Field": value}}]}}; get_record shows the rows with their ids. {UNCHANGED}',
        )
    row = by_id.get(str(record_id))
    if row is None:
        raise InputError(
            f"The portal {portal.name!r} of this record has no row {record_id!r}",
            advice=f"get_record shows the rows with their ids. {UNCHANGED}",
        )
    return row


def _list(portal: PortalMeta, raw: object) -> list[object]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise InputError(f"The portal {portal.name!r} takes {FORM}", advice=UNCHANGED)
    return cast("list[object]", raw)


def _mapping(portal: PortalMeta, raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise InputError(f"A row of the portal {portal.name!r} is an object of fields", advice=UNCHANGED)
    return cast("Mapping[str, Any]", raw)
