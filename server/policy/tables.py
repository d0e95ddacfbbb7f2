"""Related fields and rows count as the table they lie in: what is closed on every layout of that table stays closed wherever a
relationship shows it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..text.near_names import folded, matched
from .divided_homes import DividedHomes
from .field_names import closed_by, is_closed, is_opened, names_for
from .rules import EVERY, Access, Names, Policy, access_to, scope_of
from .same_table import OWN, said_at_home, unplaced_at

if TYPE_CHECKING:
    from ..dataapi.layout_meta import LayoutMeta
    from ..dataapi.menu_item import MenuItem

Homes = Mapping[str, tuple[str, ...]]
"""Occurrence (folded) -> the layouts of its table."""


def speaks_of_layouts(policy: Policy) -> bool:
    """Whether single layouts have rules of their own; without any, a table is as open as the layout that shows it."""
    rules = (
        policy.fields,
        policy.hidden_fields,
        policy.read_only_fields,
        policy.approval_by_field,
        policy.untrusted_fields,
        policy.mask,
    )
    by_layout = any(where != EVERY for rule in rules for where in rule)
    if by_layout or policy.access_by_layout or policy.approval_by_layout or policy.scope is not None:
        return True
    if policy.change_only_where or policy.stamp_by_layout:
        return True
    return policy.within is not None and speaks_of_layouts(policy.within)


StandsFor = Callable[[str], Hashable]
"""Occurrence -> the table it stands for, in a form that is the same for every occurrence of that table."""


def homes(
    policy: Policy, meta: LayoutMeta, layouts: Iterable[MenuItem], stands_for: StandsFor | None = None
) -> Homes:
    """Occurrence (folded) -> the layouts of its table, for the occurrences whose fields or rows the layout shows, and under
    `OWN` those of its own.

    A layout lies in the table occurrence that the host tells (section 5.1); older hosts do not, and there its name counts.
    `stands_for` knows more of tables than the settings do.
    """
    known = stands_for or partial(table_of, policy)
    by_table: dict[Hashable, list[str]] = {}
    own: Hashable = ""
    for item in layouts:
        table = known(item.table or item.name)
        by_table.setdefault(table, []).append(item.name)
        own = table if item.name == meta.name else own
    shown = {occurrence_of(name) for name in related_names(meta)} | {
        p.occurrence for p in meta.portals.values()
    }
    related = {folded(each): tuple(by_table.get(known(each), ())) for each in shown if each}
    return related | {OWN: tuple(by_table.get(own, ()))}


def table_of(policy: Policy, occurrence: str) -> str:
    """The table, folded, that an occurrence stands for."""
    named = matched(occurrence, policy.tables)
    return folded(occurrence if named is None else policy.tables[named])


def occurrence_of(field_name: str) -> str:
    """`Customers::Name` -> `Customers`; nothing for a field of the layout's own table."""
    return field_name.partition("::")[0] if "::" in field_name else ""


def related_names(meta: LayoutMeta) -> list[str]:
    inside = (name for portal in meta.portals.values() for name in portal.fields)
    return [name for name in (*meta.fields, *inside) if "::" in name]


def is_shown_at_home(policy: Policy, meta: LayoutMeta, field_name: str) -> bool:
    """Whether a related field is open on some layout of its table, or that table has no layout that could say so."""
    if speaking(policy, meta, occurrence_of(field_name)) and not showing_homes(policy, meta, field_name):
        return False
    return policy.within is None or is_shown_at_home(policy.within, meta, field_name)


def showing_homes(policy: Policy, meta: LayoutMeta, field_name: str) -> list[str]:
    """The layouts of a related field's own table that show it."""
    return shown_at_homes(policy, meta, field_name).opened(meta.home_fields)


def shown_at_homes(policy: Policy, meta: LayoutMeta, field_name: str) -> DividedHomes:
    """The layouts of a related field's table by whether they show it."""
    own = field_name.partition("::")[2]
    return _divided(
        policy, meta, field_name, lambda layout: _shows(policy, layout, own), policy.hidden_fields
    )


def written_at_homes(
    policy: Policy, meta: LayoutMeta, field_name: str, levels: tuple[Access, ...]
) -> DividedHomes:
    """The same by whether the field is written there with one of the levels."""
    homes_of, own = speaking(policy, meta, occurrence_of(field_name)), field_name.partition("::")[2]

    def is_written(layout: str) -> bool:
        is_closed_there = is_read_only(policy, layout, own, homes_of)
        return access_to(policy, layout) in levels and not is_closed_there and _shows(policy, layout, own)

    return _divided(policy, meta, field_name, is_written, policy.hidden_fields, policy.read_only_fields)


def _divided(
    policy: Policy, meta: LayoutMeta, field_name: str, is_open: Callable[[str], bool], *rules: Names
) -> DividedHomes:
    homes_of, own = speaking(policy, meta, occurrence_of(field_name)), field_name.partition("::")[2]
    left = [layout for layout in homes_of if is_open(layout)]
    return DividedHomes(
        own,
        [layout for layout in homes_of if layout not in left],
        left,
        any(is_closed(closed_by(rule, layout), own) for rule in rules for layout in homes_of),
    )


def is_open_at_home(policy: Policy, meta: LayoutMeta, occurrence: str) -> bool:
    """Whether the rows of an occurrence may be read on some layout of its table."""
    homes_of = speaking(policy, meta, occurrence)
    if homes_of and all(access_to(policy, layout) is Access.NONE for layout in homes_of):
        return False
    return policy.within is None or is_open_at_home(policy.within, meta, occurrence)


def is_written_at_home(policy: Policy, meta: LayoutMeta, field_name: str, levels: tuple[Access, ...]) -> bool:
    """Whether some layout of the table of a related field has one of the levels and does not close the field for writing."""
    divided = written_at_homes(policy, meta, field_name, levels)
    is_open = not (divided.open or divided.closing) or bool(divided.opened(meta.home_fields))
    return is_open and (policy.within is None or is_written_at_home(policy.within, meta, field_name, levels))


def is_read_only(policy: Policy, layout: str, field_name: str, kin: Iterable[str]) -> bool:
    """As the owner says of the layout, or of others of its table (`kin`) where they say nothing of it."""
    rules = policy.read_only_fields
    if not rules:
        return False
    counting = [layout] if matched(layout, rules) is not None else [layout, *kin]
    return any(is_closed(closed_by(rules, each), field_name) for each in counting)


def has_level_at_home(policy: Policy, meta: LayoutMeta, occurrence: str, levels: tuple[Access, ...]) -> bool:
    """Whether some layout of the occurrence's table has one of the levels, or that table has no layout that could say so."""
    homes_of = speaking(policy, meta, occurrence)
    is_open = not homes_of or any(access_to(policy, layout) in levels for layout in homes_of)
    return is_open and (policy.within is None or has_level_at_home(policy.within, meta, occurrence, levels))


def asking_at_home(policy: Policy, meta: LayoutMeta, occurrence: str) -> list[str]:
    """The layouts of an occurrence's table for which the owner says who agrees: what is written there through another layout is
    agreed to alike. A table of which they say nothing follows the rule for all, under a name that no layout has."""
    named = {folded(name) for name in (*policy.approval_by_layout, *policy.approval_by_field)}
    homes_of = meta.homes.get(folded(occurrence), ())
    known = [layout for layout in homes_of if folded(layout) in named] or [f"{occurrence}::"]
    return [*known, *_unplaced_askers(policy, meta, occurrence)]


def asking_of_table(policy: Policy, meta: LayoutMeta) -> list[str]:
    """The layouts of a layout's own table for which the owner says who agrees; nothing where they say it of the layout itself."""
    rules = (policy.approval_by_layout, policy.approval_by_field)
    if any(matched(meta.name, rule) is not None for rule in rules):
        return []
    known = [said.layout for rule in rules for said in said_at_home(rule, meta, OWN)]
    return list(dict.fromkeys((*known, *_unplaced_askers(policy, meta, OWN))))


def _unplaced_askers(policy: Policy, meta: LayoutMeta, occurrence: str) -> Iterable[str]:
    rules = (*policy.approval_by_layout, *(name for name in policy.approval_by_field if name != EVERY))
    return unplaced_at(rules, meta, occurrence)


def speaking(policy: Policy, meta: LayoutMeta, occurrence: str) -> list[str]:
    """The layouts of an occurrence's table that the owner speaks of: those that exist, and those that are closed by name."""
    return [
        layout
        for layout in meta.homes.get(folded(occurrence), ())
        if _is_listed(policy, layout) or matched(layout, policy.access_by_layout) is not None
    ]


def _is_listed(policy: Policy, layout: str) -> bool:
    if policy.scope is not None and scope_of(policy, layout) is None:
        return False
    return policy.layouts is None or folded(layout) in {folded(name) for name in policy.layouts}


def _shows(policy: Policy, layout: str, own: str) -> bool:
    allowed = names_for(policy.fields, layout)
    return (
        access_to(policy, layout) is not Access.NONE
        and (allowed is None or is_opened(allowed, own))
        and not is_closed(closed_by(policy.hidden_fields, layout), own)
    )
