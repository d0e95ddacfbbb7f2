"""A policy made narrower for one caller. Nothing that is closed can be opened by it, whatever it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ..text.near_names import folded, matched
from .access import script_rule
from .rules import (
    EVERY,
    Access,
    Approval,
    Confirm,
    Masks,
    Names,
    Policy,
    ScopeRule,
    ScriptRule,
    ShowAll,
    approval_on,
    level_on,
)

Strictness = TypeVar("Strictness", Access, Approval, Confirm, ShowAll)

ACCESS = tuple(Access)
APPROVALS = (Approval.CLIENT, Approval.BY_RISK, Approval.PERSON)
CONFIRMS = (Confirm.NEVER, Confirm.BULK, Confirm.ALWAYS)
SHOWS = (ShowAll.NEVER, ShowAll.DELETES, ShowAll.ALWAYS)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a caller does not get. Each part unset leaves everything as the owner has it; names are read as in `Policy`."""

    access: Access = Access.DELETE
    access_by_layout: Mapping[str, Access] = field(default_factory=dict[str, Access])
    layouts: frozenset[str] | None = None
    fields: Names = field(default_factory=dict[str, frozenset[str]])
    hidden_fields: Names = field(default_factory=dict[str, frozenset[str]])
    mask: Masks = field(default_factory=dict[str, Mapping[str, str]])
    read_only_fields: Names = field(default_factory=dict[str, frozenset[str]])
    untrusted_fields: Names = field(default_factory=dict[str, frozenset[str]])
    scripts: frozenset[str] | None = None
    """The only scripts of the owner's list that are left; None: all."""
    scope: Mapping[str, ScopeRule] | None = None
    confirm: Confirm = Confirm.NEVER
    approval: Approval = Approval.CLIENT
    approval_by_layout: Mapping[str, Approval] = field(default_factory=dict[str, Approval])
    approval_by_field: Names = field(default_factory=dict[str, frozenset[str]])
    show_all: ShowAll = ShowAll.NEVER
    four_eyes: bool = False
    bulk_limit: int | None = None
    max_records_per_change: int | None = None
    max_records_per_day: int | None = None


def narrowed(base: Policy, by: Narrowing) -> Policy:
    """What `base` allows and `by` leaves. The whole of `base` stays in force within it: what a layout that is not seen any more
    says of its table still holds wherever a relationship shows it."""
    layouts = {*base.access_by_layout, *by.access_by_layout}
    asking = {*base.approval_by_layout, *by.approval_by_layout}
    own = Policy(access=by.access, access_by_layout=by.access_by_layout)
    asked = Policy(approval=by.approval, approval_by_layout=by.approval_by_layout)
    return replace(
        base,
        within=base,
        access=_least(ACCESS, base.access, by.access),
        access_by_layout={
            name: _least(ACCESS, level_on(base, name), level_on(own, name)) for name in layouts
        },
        layouts=_in_both(base.layouts, by.layouts),
        fields=by.fields,
        mask=by.mask,  # that of `base` stays in force within
        hidden_fields=_joined(base.hidden_fields, by.hidden_fields),
        read_only_fields=_joined(base.read_only_fields, by.read_only_fields),
        untrusted_fields=_joined(base.untrusted_fields, by.untrusted_fields),
        count_hidden_fields=base.count_hidden_fields and not by.hidden_fields,
        scripts=_scripts_left(base, by.scripts),
        scope=_scope_of_both(base.scope, by.scope),
        confirm=_most(CONFIRMS, base.confirm, by.confirm),
        approval=_most(APPROVALS, base.approval, by.approval),
        approval_by_layout={
            name: _most(APPROVALS, approval_on(base, name), approval_on(asked, name)) for name in asking
        },
        approval_by_field=_joined(base.approval_by_field, by.approval_by_field),
        show_all=_most(SHOWS, base.show_all, by.show_all),
        four_eyes=base.four_eyes or by.four_eyes,
        bulk_limit=_fewest(base.bulk_limit, by.bulk_limit) or 0,
        max_records_per_change=_fewest(base.max_records_per_change, by.max_records_per_change) or 0,
        max_records_per_day=_fewest(base.max_records_per_day, by.max_records_per_day),
    )


def _least(order: tuple[Strictness, ...], *values: Strictness) -> Strictness:
    return min(values, key=order.index)


def _most(order: tuple[Strictness, ...], *values: Strictness) -> Strictness:
    return max(values, key=order.index)


def _fewest(*numbers: int | None) -> int | None:
    return min((number for number in numbers if number is not None), default=None)


def _in_both(base: frozenset[str] | None, by: frozenset[str] | None) -> frozenset[str] | None:
    if base is None or by is None:
        return by if base is None else base
    known = {folded(name) for name in by}
    return frozenset(name for name in base if folded(name) in known)


def _joined(*rules: Names) -> Names:
    every = dict.fromkeys(layout for each in rules for layout in each)
    return {layout: frozenset[str]().union(*(each.get(layout, ()) for each in rules)) for layout in every}


def _scripts_left(base: Policy, left: frozenset[str] | None) -> Mapping[str, ScriptRule]:
    """The owner's `*` stands for every name; a `*` of the narrowing for nothing."""
    if left is None:
        return base.scripts
    rules = {name: script_rule(base, name) for name in left if name != EVERY}
    return {name: rule for name, rule in rules.items() if rule is not None}


def _scope_of_both(
    base: Mapping[str, ScopeRule] | None, by: Mapping[str, ScopeRule] | None
) -> Mapping[str, ScopeRule] | None:
    if base is None or by is None:
        return by if base is None else base
    both: dict[str, ScopeRule] = {}
    for layout, rule in by.items():
        named = matched(layout, base)
        where = None if named is None else _where_of_both(base[named].where, rule.where)
        if named is not None and where is not None:
            both[named] = _rule_of_both(base[named], rule, where)
    return both


def _rule_of_both(base: ScopeRule, by: ScopeRule, where: Mapping[str, tuple[str, ...]]) -> ScopeRule:
    return ScopeRule(
        where=where,
        key=base.key,
        exact=base.exact or by.exact,
        unicode_indexed=_common(base.unicode_indexed, by.unicode_indexed),
        writable=_common(base.writable, by.writable),
        portals=_common(base.portals, by.portals),
        fields=_common(base.fields, by.fields),
        value_lists=_common(base.value_lists, by.value_lists),
        totals=base.totals and by.totals,
    )


def _common(base: Iterable[str], by: Iterable[str]) -> frozenset[str]:
    known = {folded(name) for name in by}
    return frozenset(name for name in base if folded(name) in known)


def _where_of_both(
    base: Mapping[str, tuple[str, ...]], by: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]] | None:
    """Every field must fit. None where no value is left: then no record is in scope, and the layout does not exist."""
    where = {folded(name): (name, values) for name, values in base.items()}
    for name, values in by.items():
        own = where.get(folded(name))
        left = values if own is None else tuple(value for value in own[1] if value in values)
        if not left:
            return None
        where[folded(name)] = (name if own is None else own[0], left)
    return dict(where.values())
