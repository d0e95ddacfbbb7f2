"""Tables that this assistant does not write itself: those whose records the owner's script writes, and the owner's own log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..text.near_names import folded, matched
from .rules import Access, Policy, access_to
from .same_table import OWN, said_at_home, unplaced_at

if TYPE_CHECKING:
    from ..dataapi.layout_meta import LayoutMeta


def why_table_closed(policy: Policy, meta: LayoutMeta, *, deletes: bool = False, files: bool = False) -> str:
    """Why nothing is written through the layout to its own records, as a sentence; empty where it may be. `deletes`, `files`: only
    that is done. What the owner's script leaves to be done directly on its own layout may be done here as well."""
    if _is_log(policy, meta, OWN):
        return f"The records of {meta.name!r} are the owner's own log of changes, which no change may touch (journal_table)"
    if why := _why_unplaced(policy, meta, OWN, deletes=deletes, files=files):
        return why
    layout = "" if files else layout_of_script(policy, meta, OWN, deletes=deletes)
    if not layout:
        return ""
    return (
        f"Records of this table are {'deleted' if deletes else 'written'} by the owner's script, {_on(policy, layout)}, and"
        f" {meta.name!r} would go past it"
    )


def why_related_closed(policy: Policy, meta: LayoutMeta, occurrence: str, *, deletes: bool = False) -> str:
    """The same about an occurrence's records, as related fields or rows of the layout. A layout for which the owner says how it
    writes decides about them too: its own script is given the rows."""
    if _is_log(policy, meta, occurrence):
        return f"The records of {occurrence!r} are the owner's own log of changes, which no change may touch (journal_table)"
    if why := _why_unplaced(policy, meta, occurrence, deletes=deletes):
        return why
    layout = layout_of_script(policy, meta, occurrence, deletes=deletes)
    if not layout:
        return ""
    return (
        f"Records of {occurrence!r} are {'deleted' if deletes else 'written'} by the owner's script, {_on(policy, layout)}, and a"
        f" relationship of {meta.name!r} would go past it"
    )


def closing_advice(policy: Policy, meta: LayoutMeta) -> str:
    """What to do where one of these sentences was told."""
    return (
        f"Plan it on a layout that the script writes. Only the owner can open {meta.name!r}, by"
        f" write_through.{meta.name!r}: a script of its own, or {{}} to write directly."
        if policy.write_through
        else "Leave it out of the change."
    )


def layout_of_script(policy: Policy, meta: LayoutMeta, occurrence: str, *, deletes: bool = False) -> str:
    """A layout of the occurrence's table whose records a script writes; empty where none does, and where the owner says of this
    layout itself how it writes."""
    if matched(meta.name, policy.write_through) is not None:
        return ""
    for said in said_at_home(policy.write_through, meta, occurrence):
        if said.rule is not None and (said.rule.deletes or not deletes):
            return said.layout
    return ""


def _why_unplaced(
    policy: Policy, meta: LayoutMeta, occurrence: str, *, deletes: bool, files: bool = False
) -> str:
    """A rule whose layout nobody can place may be one for this table: until the owner says so, nothing is changed there."""
    for setting, names in _closing(policy, meta, occurrence, deletes=deletes, files=files):
        for layout, why in unplaced_at(names, meta, occurrence).items():
            here = repr(meta.name) if occurrence == OWN else f"{occurrence!r} on {meta.name!r}"
            return (
                f"{setting} speaks of records {_on(policy, layout)}, and whether {here} shows the same table cannot be told: {why}."
                " Until it can nothing of it is changed. The owner corrects that name, or says its table in `tables`"
            )
    return ""


def _closing(
    policy: Policy, meta: LayoutMeta, occurrence: str, *, deletes: bool, files: bool
) -> Iterator[tuple[str, Iterable[str]]]:
    """(setting, layouts) of the rules that could keep this change from the table, were they about it."""
    if policy.journal_table:
        yield "journal_table", [policy.journal_table]
    if not files and matched(meta.name, policy.write_through) is None:
        yield (
            "write_through",
            [name for name, rule in policy.write_through.items() if rule and (rule.deletes or not deletes)],
        )
    if not _is_spoken_of(policy.change_only_where, meta, occurrence):
        yield "change_only_where", [name for name, rule in policy.change_only_where.items() if rule]
    if not (deletes or policy.stamp or _is_spoken_of(policy.stamp_by_layout, meta, occurrence)):
        yield "stamp_by_layout", [name for name, rule in policy.stamp_by_layout.items() if rule]


def _is_spoken_of(rules: Mapping[str, object], meta: LayoutMeta, occurrence: str) -> bool:
    """Whether the owner's own words about the layout, or about the related table, count."""
    own = occurrence == OWN and matched(meta.name, rules) is not None
    return own or (occurrence != OWN and bool(said_at_home(rules, meta, occurrence)))


def deleting_layouts(policy: Policy, meta: LayoutMeta) -> list[str]:
    """Layouts of whose tables a delete through this layout may take no record along."""
    log = [policy.journal_table] if policy.journal_table else []
    if matched(meta.name, policy.write_through) is not None:
        return log
    return [*(name for name, rule in policy.write_through.items() if rule and rule.deletes), *log]


def _is_log(policy: Policy, meta: LayoutMeta, occurrence: str) -> bool:
    name = policy.journal_table
    is_itself = occurrence == OWN and folded(meta.name) == folded(name)
    return bool(name) and (is_itself or bool(said_at_home({name: True}, meta, occurrence)))


def _on(policy: Policy, layout: str) -> str:
    """A closed layout does not exist for the assistant."""
    return "on another layout" if access_to(policy, layout) is Access.NONE else f"on {layout!r}"
