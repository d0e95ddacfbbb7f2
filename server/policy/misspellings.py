"""Names in a policy that the host does not have: a misspelt name in a rule that hides something hides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..dataapi.layout_meta import LayoutMeta
from ..text.near_names import folded, near
from .change_mistakes import rule_mistakes
from .field_names import bare
from .rules import EVERY, Names, Policy, ScopeRule
from .tables import occurrence_of, related_names


@dataclass(frozen=True, slots=True)
class Solution:
    """What the host shows to the account, whatever the policy says."""

    layouts: Sequence[LayoutMeta]
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    """Layouts that could not be described, and why."""
    scripts: Sequence[str] = ()
    respelt: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """(layout, scope's values in words) -> records that FileMaker finds for them and that spell them differently."""


def misspellings(
    policy: Policy, solution: Solution, retained: Iterable[str] = (), open_script: str = ""
) -> list[str]:
    """Sentences for the owner, one for each name that is nowhere. `retained`: layouts with days of their own. `open_script` runs as
    whoever opens a link, so that this account need not see it: told is only a name that looks misspelt."""
    known = {folded(meta.name): meta for meta in solution.layouts}
    found = [f"The layout {name!r} could not be looked at: {why}" for name, why in solution.unread.items()]
    found += _layouts(policy, known, solution)
    found += _fields(policy, known)
    for layout, rule in (policy.scope or {}).items():
        if (meta := known.get(folded(layout))) is not None:
            found += _scope(meta, rule)
    found += _keys(policy, known)
    found += rule_mistakes(policy, known, solution.scripts)
    found += [
        f"There is no script {name!r} for this account.{_meant(name, solution.scripts)}"
        for name in policy.scripts
        if name != EVERY and folded(name) not in {folded(each) for each in solution.scripts}
    ]
    seen = {folded(each) for each in solution.scripts}
    if open_script and folded(open_script) not in seen and (meant := _meant(open_script, solution.scripts)):
        found.append(f"open_script names the script {open_script!r}, which this account does not see.{meant}")
    found += _tables(policy, solution.layouts)
    found += _retained(retained, known, solution)
    found += [
        f"{count} record{'s' if count != 1 else ''} of {layout!r} match{'' if count != 1 else 'es'} the scope ({values}) "
        "in another spelling, which the assistant does not see. Correct them in FileMaker, or set exact = false."
        for (layout, values), count in solution.respelt.items()
        if count
    ]
    return found


def _retained(layouts: Iterable[str], known: Mapping[str, LayoutMeta], solution: Solution) -> Iterator[str]:
    names = [*(meta.name for meta in solution.layouts), *solution.unread]
    for name in layouts:
        if folded(name) not in {*known, *map(folded, solution.unread)}:
            yield (
                f"journal_days_by_layout names the layout {name!r}, which does not exist for this account: its contents stay as long as"
                f" journal_days says.{_meant(name, names)}"
            )


def _layouts(policy: Policy, known: Mapping[str, LayoutMeta], solution: Solution) -> Iterator[str]:
    named = [
        *policy.access_by_layout,
        *policy.approval_by_layout,
        *(policy.layouts or ()),
        *policy.keys,
        *(policy.scope or {}),
        *policy.skip_validation,
        *(name for name in policy.stamp_by_layout if name != EVERY),
    ]
    there = {*known, *(folded(name) for name in solution.unread)}
    names = [*(meta.name for meta in solution.layouts), *solution.unread]
    for name in dict.fromkeys(named):
        if folded(name) not in there:
            yield f"There is no layout {name!r} for this account.{_meant(name, names)}"
    for setting, by_layout in _named_fields(policy):
        for name in by_layout:
            if name != EVERY and folded(name) not in there:
                yield f"{setting} names the layout {name!r}, which does not exist for this account.{_meant(name, names)}"


def _named_fields(policy: Policy) -> tuple[tuple[str, Names], ...]:
    return (
        ("fields", policy.fields),
        ("hidden_fields", policy.hidden_fields),
        ("mask", {layout: frozenset(fields) for layout, fields in policy.mask.items()}),
        ("read_only_fields", policy.read_only_fields),
        ("untrusted_fields", policy.untrusted_fields),
        ("approval_by_field", policy.approval_by_field),
    )


def _fields(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    for setting, by_layout in _named_fields(policy):
        for layout, names in by_layout.items():
            yield from _unknown_fields(setting, layout, names, known, opens=by_layout is policy.fields)


def _unknown_fields(
    setting: str, layout: str, fields: Iterable[str], known: Mapping[str, LayoutMeta], *, opens: bool
) -> Iterator[str]:
    metas = [meta for name, meta in known.items() if layout == EVERY or name == folded(layout)]
    if not metas:
        return
    there = [name for meta in metas for name in _all_names(meta)]
    forms = {folded(name) for name in there}
    if not opens:
        forms |= {folded(name.rpartition("::")[2]) for name in there}
    where = "any layout" if layout == EVERY else repr(layout)
    for name in sorted(fields):
        if folded(name) in forms or folded(bare(name)) in forms:
            continue
        full = [each for each in there if folded(each.rpartition("::")[2]) == folded(bare(name))]
        hint = f" A related field is opened by its whole name, {full[0]!r}." if full else _meant(name, there)
        yield f"{setting} names {name!r}, which is not shown on {where}.{hint}"


def _scope(meta: LayoutMeta, rule: ScopeRule) -> Iterator[str]:
    own = {folded(name) for name in meta.fields}
    for name in (rule.key, *rule.where):
        if folded(name) not in own:
            what = "key" if name == rule.key else "where"
            yield f"scope of {meta.name!r} names {name!r} in {what}, which the layout does not have.{_meant(name, meta.fields)}"
    lists = (
        ("fields", rule.fields, _all_names(meta)),
        ("writable", rule.writable, _all_names(meta)),
        ("unicode_indexed", rule.unicode_indexed, list(rule.where)),
        ("portals", rule.portals, list(meta.portals)),
        ("value_lists", rule.value_lists, list(meta.value_lists)),
    )
    for setting, names, there in lists:
        forms = {folded(each) for each in there}
        for name in sorted(names):
            if folded(name) not in forms and folded(bare(name)) not in forms:
                yield f"scope of {meta.name!r} names {name!r} in {setting}, which is not there.{_meant(name, there)}"


def _keys(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    for layout, name in policy.keys.items():
        meta = known.get(folded(layout))
        if meta is not None and folded(name) not in {folded(each) for each in meta.fields}:
            yield f"keys names {name!r}, which the layout {layout!r} does not have.{_meant(name, meta.fields)}"


def _tables(policy: Policy, layouts: Sequence[LayoutMeta]) -> Iterator[str]:
    shown = {occurrence_of(name) for meta in layouts for name in related_names(meta)}
    there = {*shown, *(occurrence for meta in layouts for occurrence in meta.homes)}
    forms = {folded(name) for name in there} | {folded(meta.name) for meta in layouts}
    for name in policy.tables:
        if folded(name) not in forms:
            yield f"tables names the occurrence {name!r}, which no layout shows.{_meant(name, sorted(shown))}"


def _all_names(meta: LayoutMeta) -> list[str]:
    return [*meta.fields, *(name for portal in meta.portals.values() for name in portal.fields)]


def _meant(name: str, candidates: Iterable[str]) -> str:
    close = near(name, candidates, most=1)
    return f" Did you mean {close[0]!r}?" if close else ""
