"""What the owner says of one layout holds for its table: several layouts may show the same one, and so do relationships.

A layout that the owner speaks of itself follows its own words. Every setting by layout that must not be evaded through another layout is
read here, by `LayoutMeta.kin`: which layouts show one table is told by the host, by `tables`, and by a map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ..text.near_names import folded, matched
from .rules import EVERY, Policy

if TYPE_CHECKING:
    from ..dataapi.layout_meta import LayoutMeta

T = TypeVar("T")

OWN = "::"
"""In `LayoutMeta.homes` and `kin`: the layouts of the layout's own table. No occurrence has that name."""


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """The owner's words about a layout that count for what is written."""

    layout: str
    rule: T
    elsewhere: bool = False
    """They are about another layout of the same table."""


def said_on(rules: Mapping[str, T], meta: LayoutMeta) -> Said[T] | None:
    """What counts for the layout's own records. Of other layouts the first that is limited at all; an empty rule frees its own
    layout alone."""
    own = matched(meta.name, rules)
    if own is not None:
        return Said(own, rules[own])
    return next((each for each in said_at_home(rules, meta, OWN) if each.rule), None)


def said_at_home(rules: Mapping[str, T], meta: LayoutMeta, occurrence: str) -> list[Said[T]]:
    """The owner's words about each layout of an occurrence's table, empty ones included; of the layout's own table for `OWN`."""
    if not rules:
        return []
    layouts = meta.kin.get(folded(occurrence), ())
    named = dict.fromkeys(name for layout in layouts if (name := matched(layout, rules)) is not None)
    return [Said(name, rules[name], elsewhere=True) for name in named]


def unplaced_at(rules: Iterable[str], meta: LayoutMeta, occurrence: str) -> Mapping[str, str]:
    """Of the layouts that rules name, those that may show the table for all that anybody can tell, with why nobody can."""
    unplaced = _unplaced(meta, folded(occurrence))
    return {name: unplaced[folded(name)] for name in rules if folded(name) in unplaced}


def possible_kin(meta: LayoutMeta) -> Mapping[str, tuple[str, ...]]:
    """`LayoutMeta.kin` with the layouts that nobody can place."""
    return {key: (*known, *_unplaced(meta, key)) for key, known in meta.kin.items()}


def _unplaced(meta: LayoutMeta, key: str) -> Mapping[str, str]:
    return meta.unplaced.get(key, meta.unplaced.get("", {}))


def spoken_of(policy: Policy) -> frozenset[str]:
    """The layouts, folded, whose rules hold for their whole table."""
    by_layout = (
        policy.change_only_where,
        policy.write_through,
        policy.stamp_by_layout,
        policy.approval_by_layout,
        policy.approval_by_field,
        policy.untrusted_fields,
        policy.read_only_fields,
    )
    names = {folded(name) for rules in by_layout for name in rules if name != EVERY}
    return frozenset(names | ({folded(policy.journal_table)} if policy.journal_table else set()))
