"""Whether something may be read, written or run at all, by effect. `check_` functions raise Forbidden with the owner's reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import Changed, Forbidden
from ..text.near_names import folded, matched, near
from .field_names import bare, is_opened
from .masks import is_covered, masks_on
from .rules import (
    EVERY,
    Access,
    Policy,
    RecordEffect,
    ScopeRule,
    ScriptEffect,
    ScriptRule,
    access_to,
    key_of,
    masks_anything,
    scope_of,
)
from .same_table import OWN, possible_kin
from .stamp_fields import is_stamp
from .table_closings import closing_advice, why_related_closed, why_table_closed
from .tables import has_level_at_home, is_read_only, is_written_at_home, occurrence_of
from .visibility import is_pseudonym, is_visible

if TYPE_CHECKING:
    from ..dataapi.contents import Value
    from ..dataapi.layout_meta import LayoutMeta
    from ..dataapi.write import Write

_NEEDED = {
    RecordEffect.READ: (Access.READ, Access.EDIT, Access.DELETE),
    RecordEffect.CREATE: (Access.EDIT, Access.DELETE),
    RecordEffect.EDIT: (Access.EDIT, Access.DELETE),
    RecordEffect.DELETE: (Access.DELETE,),
}


def may_read(policy: Policy, layout: str) -> bool:
    return access_to(policy, layout) in _NEEDED[RecordEffect.READ]


def may_write(policy: Policy, effect: RecordEffect, layout: str) -> bool:
    return access_to(policy, layout) in _NEEDED[effect]


def may_write_anywhere(policy: Policy, effect: RecordEffect) -> bool:
    """Whether a tool of that effect exists at all."""
    levels = [policy.access, *policy.access_by_layout.values()]
    return any(level in _NEEDED[effect] for level in levels)


def script_rule(policy: Policy, name: str) -> ScriptRule | None:
    """The rule of a script; `*` speaks of every script that is not named."""
    own = matched(name, policy.scripts)
    return policy.scripts[own] if own is not None else policy.scripts.get(EVERY)


def may_run(policy: Policy, script: str) -> bool:
    """A script exists when the owner listed it, its effect fits the access, and it is vouched for where a scope is set."""
    rule = script_rule(policy, script)
    if rule is None or (policy.scope is not None and not rule.in_scope):
        return False
    if policy.access is Access.NONE:
        return False
    return rule.effect is ScriptEffect.READS or policy.access is not Access.READ


def check_layout(policy: Policy, layout: str, effect: RecordEffect = RecordEffect.READ) -> None:
    """Raises Forbidden unless the layout is open for that effect."""
    if not may_read(policy, layout):
        open_ones = [name for name in policy.layouts or () if may_read(policy, name)]
        close = near(layout, open_ones)
        hint = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
        raise Forbidden(
            f"The owner's settings close the layout {layout!r} to this assistant",
            advice=f"{hint}list_layouts shows the layouts that are open.",
        )
    if not may_write(policy, effect, layout):
        raise Forbidden(
            f"The owner's settings do not allow this assistant to {effect.value} records on {layout!r} "
            f"(access is {access_to(policy, layout).value!r})",
            changed=Changed.NOTHING,
            advice="Tell the person what you wanted to change; only the owner can open it.",
        )


def check_write(
    policy: Policy, effect: RecordEffect, meta: LayoutMeta, write: Write, *, own: bool = False
) -> None:
    """Raises Forbidden unless every field, portal row and option of a write is allowed. `meta` is the whole layout; `own`
    says that the related rows it removes were added by a change of the same caller."""
    check_layout(policy, meta.name, effect)
    check_table(policy, meta)
    check_rows(
        policy, meta, [meta.portals[each].occurrence for each in write.portals if each in meta.portals]
    )
    named = [*write.fields, *(name for rows in write.portals.values() for row in rows for name in row.fields)]
    check_fields_writable(policy, meta, named, creating=effect is RecordEffect.CREATE)
    if policy.count_hidden_fields or masks_anything(policy):
        _check_no_pseudonym([*write.fields.values(), *_in_rows(write)])
    removed = [occurrence for occurrence, _ in write.delete_related]
    check_rows(policy, meta, removed, deletes=True)
    if not own:
        check_removable(policy, meta, removed)
    check_options(
        policy, meta.name, skip_validation=write.skip_validation, override=write.override_prohibition
    )


def check_table(policy: Policy, meta: LayoutMeta, *, deletes: bool = False, files: bool = False) -> None:
    """Raises Forbidden where the owner's script writes the records of the layout's table, and this layout would go past it."""
    _refuse_closing(policy, meta, why_table_closed(policy, meta, deletes=deletes, files=files))


def check_rows(
    policy: Policy, meta: LayoutMeta, occurrences: Iterable[str], *, deletes: bool = False
) -> None:
    """The same about the tables of related rows."""
    for occurrence in occurrences:
        _refuse_closing(policy, meta, why_related_closed(policy, meta, occurrence, deletes=deletes))


def _refuse_closing(policy: Policy, meta: LayoutMeta, why: str) -> None:
    if why:
        raise Forbidden(why, changed=Changed.NOTHING, advice=closing_advice(policy, meta))


def _in_rows(write: Write) -> Iterable[Value]:
    return (value for rows in write.portals.values() for row in rows for value in row.fields.values())


def _check_no_pseudonym(values: Iterable[Value]) -> None:
    """Refuses to write pseudonyms and parts: they would be stored as if they were real values."""
    for value in values:
        if isinstance(value, str) and (is_pseudonym(value) or is_covered(value)):
            raise Forbidden(
                f"{value!r} stands for what a hidden field holds and cannot be written",
                changed=Changed.NOTHING,
            )


def check_removable(policy: Policy, meta: LayoutMeta, occurrences: Iterable[str]) -> None:
    """Raises Forbidden unless related rows of those occurrences may be deleted, here and as the table they lie in."""
    for occurrence in occurrences:
        check_layout(policy, meta.name, RecordEffect.DELETE)
        if not has_level_at_home(policy, meta, occurrence, _NEEDED[RecordEffect.DELETE]):
            raise Forbidden(
                f"The owner's settings do not allow this assistant to delete rows of {occurrence!r}, the table that they lie in",
                changed=Changed.NOTHING,
                advice="Leave `remove` out of the change.",
            )


def check_fields_writable(
    policy: Policy, meta: LayoutMeta, names: Iterable[str], *, creating: bool = False
) -> None:
    """Raises Forbidden for the first field that may not be written; `creating`, that a new record gets it."""
    for name in names:
        why = _closed_for_writing(policy, meta, name, creating=creating)
        if why:
            raise Forbidden(why, changed=Changed.NOTHING, advice="Leave it out of the change.")


def unwritable(policy: Policy, meta: LayoutMeta, names: Iterable[str]) -> list[str]:
    """Those that `check_fields_writable` would refuse."""
    return [name for name in names if _closed_for_writing(policy, meta, name)]


def _closed_for_writing(policy: Policy, meta: LayoutMeta, name: str, *, creating: bool = False) -> str:
    """Why a field may not be written; empty where it may."""
    if masks_on(policy, meta, name):
        return f"The owner's settings show only a part of {name!r} of {meta.name!r}, and what is shown in part is not written"
    if not is_visible(policy, meta, name):
        return f"The owner's settings hide the field {name!r} of {meta.name!r}"
    if is_read_only(policy, meta.name, name, possible_kin(meta).get(OWN, ())):
        return f"The owner's settings make the field {name!r} of {meta.name!r} read-only"
    if is_stamp(policy, meta, name):
        return f"The owner's settings fill {name!r} of {meta.name!r} with who changed the record and by which plan (stamp)"
    if "::" in name and (why := why_related_closed(policy, meta, occurrence_of(name))):
        return f"{why}. {closing_advice(policy, meta).rstrip('.')}"
    if "::" in name and not is_written_at_home(policy, meta, name, _NEEDED[RecordEffect.EDIT]):
        return (
            f"The owner's settings close {name!r} for writing: it is a field of the table {occurrence_of(name)!r}, "
            "and no layout of that table may be edited there"
        )
    rule = scope_of(policy, meta.name)
    if rule is not None and not _is_writable_in_scope(policy, meta, rule, name, creating=creating):
        return (
            f"The owner limits this assistant to some records of {meta.name!r}, and {name!r} is not among the fields "
            "that it may write there (`scope.writable`)"
        )
    return ""


def _is_writable_in_scope(
    policy: Policy, meta: LayoutMeta, rule: ScopeRule, name: str, *, creating: bool
) -> bool:
    """A new record also gets the scope's own values, and the key by which a lost one is found again."""
    if is_opened(frozenset(map(folded, rule.writable)), name):
        return True
    key = key_of(policy, meta.name)
    given = [*rule.where, *([] if key is None else [key])]
    if creating:
        return folded(bare(name)) in {folded(bare(each)) for each in given}
    return any(folded(name) == folded(each) for each in rule.where)  # only a value within the scope passes


def check_options(
    policy: Policy, layout: str, *, skip_validation: bool = False, override: bool = False
) -> None:
    """`options.entrymode` and `prohibitmode` set validation aside, so they are a right of their own (section 6.6)."""
    if (skip_validation or override) and folded(layout) not in {folded(n) for n in policy.skip_validation}:
        raise Forbidden(
            f"The owner's settings do not allow validation to be skipped on {layout!r}",
            changed=Changed.NOTHING,
        )


def check_script(policy: Policy, name: str) -> ScriptRule:
    """The rule of a script that may run; Forbidden otherwise."""
    rule = script_rule(policy, name)
    if rule is not None and may_run(policy, name):
        return rule
    if rule is None:
        why = "is not among the scripts that the owner allows"
    elif policy.scope is not None and not rule.in_scope:
        why = "is closed because the owner limited this assistant to some records"
    else:
        why = f"changes something ({rule.effect.value}), and access is {policy.access.value!r}"
    raise Forbidden(
        f"The script {name!r} {why}",
        changed=Changed.NOTHING,
        advice="list_scripts shows the scripts that may run.",
    )
