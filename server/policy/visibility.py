"""What of a layout and of a record is shown, and which fields a query may speak of."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..errors import Forbidden
from ..text.near_names import folded
from .field_names import bare, closed_by, is_closed, is_opened, names_for
from .in_scope import is_checked_here, is_outside, strangers
from .masks import masked, masks_on
from .rules import Policy, ScopeRule, scope_of
from .same_table import OWN, possible_kin
from .tables import Homes, is_open_at_home, is_shown_at_home, occurrence_of

if TYPE_CHECKING:
    from ..dataapi.contents import Value
    from ..dataapi.layout_meta import FieldMeta, LayoutMeta, PortalMeta
    from ..dataapi.query import Query
    from ..dataapi.record import PortalRow, PortalRows, Record


def is_visible(policy: Policy, meta: LayoutMeta, name: str) -> bool:
    """Whether a field of the layout (or of its portals) is shown as it is; a name that is not on the layout counts as visible."""
    return _is_shown(policy, meta, name) and not masks_on(policy, meta, name)


def _is_shown(policy: Policy, meta: LayoutMeta, name: str) -> bool:
    """As `is_visible`, whether whole or in part."""
    allowed = names_for(policy.fields, meta.name)
    if allowed is not None and not is_opened(allowed, name):
        return False
    if is_closed(closed_by(policy.hidden_fields, meta.name), name):
        return False
    if "::" in name and not is_shown_at_home(policy, meta, name):
        return False
    rule = scope_of(policy, meta.name)
    if policy.scope is not None and (rule is None or not _is_open(rule, meta, name)):
        return False
    return policy.within is None or _is_shown(policy.within, meta, name)


def _is_open(rule: ScopeRule, meta: LayoutMeta, name: str) -> bool:
    """Related and summary fields speak of other records than the ones in scope, so the owner opens each."""
    plain = bare(name)
    if any(plain in portal.fields for portal in _open_portals(rule, meta)):
        return True
    found = meta.fields.get(name) or meta.fields.get(plain)
    if "::" not in plain and (found is None or found.kind != "summary"):
        return True
    return is_opened(frozenset(map(folded, rule.fields)), plain)


def _open_portals(rule: ScopeRule, meta: LayoutMeta) -> list[PortalMeta]:
    opened = {folded(name) for name in rule.portals}
    return [portal for portal in meta.portals.values() if folded(portal.name) in opened]


def visible(policy: Policy, meta: LayoutMeta) -> LayoutMeta:
    """The layout as this assistant knows it."""
    rule = scope_of(policy, meta.name)
    portals = list(meta.portals.values()) if rule is None else _open_portals(rule, meta)
    portals = [portal for portal in portals if is_open_at_home(policy, meta, portal.occurrence)]
    closed = _lists_of_closed(policy, meta)
    inside = {p.name: _visible_fields(policy, meta, p.fields.values()) for p in portals}
    value_lists = {
        name: values
        for name, values in meta.value_lists.items()
        if rule is None or values.kind != "byField" or folded(name) in {folded(n) for n in rule.value_lists}
        if name not in closed
    }
    return replace(
        meta,
        fields=_visible_fields(policy, meta, meta.fields.values()),
        # Of a portal that shows nothing, not even the number of its rows is told.
        portals={
            p.name: replace(p, fields=inside[p.name]) for p in portals if inside[p.name] or not p.fields
        },
        value_lists=value_lists,
        renamed={old: new for old, new in meta.renamed.items() if is_visible(policy, meta, new)},
        limited_to=rule.where if rule is not None else {},
        is_checked_here=rule is not None and is_checked_here(rule, meta),
    )


def _lists_of_closed(policy: Policy, meta: LayoutMeta) -> set[str | None]:
    """Value lists of fields that are not shown as they are, and of no other: they tell what such a field holds or may hold."""
    inside = (field for portal in meta.portals.values() for field in portal.fields.values())
    listed = [field for field in (*meta.fields.values(), *inside) if field.value_list is not None]
    shown = {field.value_list for field in listed if is_visible(policy, meta, field.name)}
    return {field.value_list for field in listed} - shown


def _visible_fields(policy: Policy, meta: LayoutMeta, fields: Iterable[FieldMeta]) -> dict[str, FieldMeta]:
    known: dict[str, FieldMeta] = {}
    for field in fields:
        if pseudonymous(policy, meta, field.name):
            known[field.name] = replace(field, is_disguised=True)
        elif _is_shown(policy, meta, field.name):
            forms = masks_on(policy, meta, field.name)
            known[field.name] = replace(field, is_disguised=True, is_masked=True) if forms else field
    return known


def pseudonymous(policy: Policy, meta: LayoutMeta, name: str) -> bool:
    """A hidden field that the owner lets be grouped and counted: there, but never with its own values."""
    return policy.count_hidden_fields and is_closed(closed_by(policy.hidden_fields, meta.name), name)


def pseudonym(secret: bytes, value: Value) -> Value:
    """The same value has the same pseudonym while `secret` lasts; nothing stays nothing."""
    if value == "":
        return ""
    digest = hmac.new(secret, str(value).encode(), hashlib.sha256).hexdigest()
    return f"hidden-{digest[:10]}"


def disguise_of(
    policy: Policy, meta: LayoutMeta, name: str, *, secret: bytes
) -> Callable[[Value], Value] | None:
    """What stands for the values of a field; None where they are shown as they are, or not at all."""
    if pseudonymous(policy, meta, name):
        return partial(pseudonym, secret)
    forms = masks_on(policy, meta, name)
    if not forms:
        return None
    field = meta.field_named(name)
    return partial(masked, forms, type="text" if field is None else field.type)


def is_pseudonym(value: str) -> bool:
    return re.fullmatch(r"hidden-[0-9a-f]{10}", value) is not None


def shown(policy: Policy, meta: LayoutMeta, record: Record, *, secret: bytes) -> Record:
    """What of a record may be released. `meta` is the whole layout: what it does not know is not released either."""
    known = visible(policy, meta)

    def released(values: Mapping[str, Value]) -> dict[str, Value]:
        others = strangers(policy, meta, values)
        told: dict[str, Value] = {}
        for name, value in values.items():
            if (field := known.field_named(name)) is not None:
                disguise = disguise_of(policy, meta, name, secret=secret) if field.is_disguised else None
                told[name] = "" if name in others else value if disguise is None else disguise(value)
        return told

    def row_released(row: PortalRow) -> PortalRow:
        return replace(row, fields=released(row.fields))

    portals = {
        name: _rows_in_scope(policy, meta, rows, row_released)
        for name, rows in record.portals.items()
        if name in known.portals
    }
    return replace(record, fields=released(record.fields), portals=portals)


def _rows_in_scope(
    policy: Policy, meta: LayoutMeta, rows: PortalRows, released: Callable[[PortalRow], PortalRow]
) -> PortalRows:
    """The rows without those of related records out of scope, which are not counted either."""
    kept = [row for row in rows.rows if not strangers(policy, meta, row.fields)]
    return replace(
        rows,
        rows=tuple(map(released, kept)),
        found=rows.found - (len(rows.rows) - len(kept)),
        passed_over=len(rows.rows) - len(kept),
    )


def is_in_scope(policy: Policy, meta: LayoutMeta, record: Record) -> bool:
    """Whether a record that a find within the scope brought really lies in it."""
    rule = scope_of(policy, meta.name)
    return rule is None or not is_outside(rule, meta, record.fields)


def named_fields(query: Query) -> list[str]:
    """By which it asks and sorts."""
    criteria = (name for request in query.requests for name in request.criteria)
    return [*criteria, *(key.field for key in query.sort)]


def check_query(policy: Policy, meta: LayoutMeta, query: Query) -> None:
    """Criteria and sort order speak of visible fields only: a find on a hidden field would tell its content by trial."""
    for name in named_fields(query):
        if not is_visible(policy, meta, name):
            raise hidden(meta.name, name, in_part=bool(masks_on(policy, meta, name)))
    if not query.portals:
        return
    known = visible(policy, meta)
    for portal in query.portals:
        if portal.name in meta.portals and portal.name not in known.portals:
            raise Forbidden(f"The owner's settings close the portal {portal.name!r} of {meta.name!r}")


def hidden(layout: str, name: str, *, in_part: bool = False) -> Forbidden:
    how = "show only a part of" if in_part else "hide"
    return Forbidden(f"The owner's settings {how} the field {name!r} of {layout!r}")


def untrusted_in(policy: Policy, meta: LayoutMeta, records: Iterable[Record]) -> frozenset[str]:
    """The fields filled by outsiders whose text is about to be read."""
    if not policy.untrusted_fields:
        return frozenset()
    filled = {
        name
        for record in records
        for fields in (record.fields, *(row.fields for rows in record.portals.values() for row in rows.rows))
        for name, value in fields.items()
        if value != ""
    }
    return untrusted_names(policy, meta.name, filled, possible_kin(meta))


def untrusted_names(policy: Policy, layout: str, fields: Iterable[str], kin: Homes) -> frozenset[str]:
    """Of `fields`, those filled by outsiders: as the owner says of the layout, or of another one of the field's own table."""
    if not policy.untrusted_fields:
        return frozenset()
    names = closed_by(policy.untrusted_fields, layout)
    return frozenset(
        name for name in fields if is_closed(names, name) or _is_untrusted_at_home(policy, name, kin)
    )


def _is_untrusted_at_home(policy: Policy, name: str, kin: Homes) -> bool:
    own = name.rpartition("::")[2]
    return any(
        is_closed(closed_by(policy.untrusted_fields, layout), own)
        for layout in kin.get(folded(occurrence_of(name)) if "::" in name else OWN, ())
    )
