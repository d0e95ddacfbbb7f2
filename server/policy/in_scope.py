"""Whether a record or a related row that the host sent really lies in scope: its find ignores capitals, accents and more."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .rules import Policy, ScopeRule, scope_of
from .tables import occurrence_of, speaking

if TYPE_CHECKING:
    from ..dataapi.contents import Value
    from ..dataapi.layout_meta import FieldMeta, LayoutMeta

Fields = Mapping[str, "Value"]


def is_checked_here(rule: ScopeRule, meta: LayoutMeta) -> bool:
    """Whether the host's find may bring records out of scope, so that its counts do not hold either: by text in an index
    language other than Unicode, in which `c-0017` is `C-0017`."""
    return rule.exact and any(
        name not in rule.unicode_indexed
        and (field := meta.fields.get(name)) is not None
        and field.type == "text"
        for name in rule.where
    )


def is_ever_checked_here(policy: Policy) -> bool:
    """Whether that may be so for some layout."""
    return any(rule.exact for rule in (policy.scope or {}).values())


def is_outside(rule: ScopeRule, meta: LayoutMeta, fields: Fields, *, occurrence: str = "") -> bool:
    """Whether a record certainly lies out of scope, by the values that it shows (ISO dates, line feeds). With `occurrence`, the
    record is one that another layout shows as related: its fields are `Occurrence::Field`."""
    for name, allowed in rule.where.items():
        own = f"{occurrence}::{name}" if occurrence else name
        field = meta.field_named(own)
        if field is None:
            continue
        values = [fields[key] for key in field.shown_names if key in fields]
        if values and all(_differs(rule, field, value, allowed) for value in values):
            return True
    return False


def strangers(policy: Policy, meta: LayoutMeta, fields: Fields) -> frozenset[str]:
    """Of a record's related fields, or a row's, those of a related record that is certainly out of scope.

    The scope of each layout of that table is compared, as far as its fields are shown here: changing a match field of the
    record itself would otherwise lead to other people's rows.
    """
    theirs = frozenset[str]() if policy.within is None else strangers(policy.within, meta, fields)
    if policy.scope is None:
        return theirs
    by_occurrence: dict[str, dict[str, Value]] = {}
    for name, value in fields.items():
        if "::" in name:
            by_occurrence.setdefault(occurrence_of(name), {})[name] = value
    return theirs | frozenset(
        name
        for occurrence, own in by_occurrence.items()
        if _is_stranger(policy, meta, occurrence, own)
        for name in own
    )


def _is_stranger(policy: Policy, meta: LayoutMeta, occurrence: str, fields: Fields) -> bool:
    rules = [rule for home in speaking(policy, meta, occurrence) if (rule := scope_of(policy, home))]
    return bool(rules) and all(is_outside(rule, meta, fields, occurrence=occurrence) for rule in rules)


def _differs(rule: ScopeRule, field: FieldMeta, value: Value, allowed: tuple[str, ...]) -> bool:
    """Certainly not one of the allowed values. What only the host can compare, a period or a text in a number field, is left
    to its find."""
    if field.type == "text":
        return rule.exact and _letters(value) not in {_letters(each) for each in allowed}
    from ..criteria.checks.residual import measure

    have = measure(field.type, value)
    wanted = [measure(field.type, each) for each in allowed]
    return have is not None and None not in wanted and have not in wanted


def _letters(value: Value) -> str:
    """Letter by letter; an accent written in two ways is one letter."""
    return unicodedata.normalize("NFC", str(value).replace("\r\n", "\n").replace("\r", "\n"))
