"""A policy in sentences, for its owner."""

from __future__ import annotations

from collections.abc import Mapping

from .access import may_run
from .rules import EVERY, Access, Approval, Confirm, Names, Policy, ScopeRule

ACCESS = {
    Access.NONE: "sees nothing",
    Access.READ: "reads",
    Access.EDIT: "reads, creates and edits",
    Access.DELETE: "reads, creates, edits and deletes",
}
CONFIRM = {
    Confirm.ALWAYS: "Every change is planned and shown first, and carried out by a second call.",
    Confirm.BULK: "Deletes and changes of several records are planned and shown first; one record is changed at once.",
    Confirm.NEVER: "Changes are carried out at once, without a plan being shown.",
}


def words(policy: Policy) -> list[str]:
    """What an assistant can see and do, a sentence a line."""
    where = "every layout that the account may see"
    if policy.layouts is not None:
        where = f"the layouts {_list(policy.layouts)}" if policy.layouts else "no layout"
    sentences = [f"The assistant {ACCESS[policy.access]} records on {where}."]
    sentences += [f"On {layout!r} it {ACCESS[access]}." for layout, access in policy.access_by_layout.items()]
    sentences += _fields("shows only", policy.fields)
    sentences += _fields("hides", policy.hidden_fields)
    if policy.hidden_fields and policy.count_hidden_fields:
        sentences.append("Hidden fields can be grouped and counted, by pseudonyms.")
    sentences += _fields("never writes", policy.read_only_fields)
    sentences += _fields("distrusts", policy.untrusted_fields)
    if any(policy.untrusted_fields.values()):
        sentences.append(
            "After such text was read, a person agrees to every change, script, export and saved file."
        )
    for layout, rule in (policy.scope or {}).items():
        sentences += _scope(layout, rule)
    if policy.scope is not None:
        sentences.append("Layouts without such a limit do not exist for it.")
    sentences += _scripts(policy)
    if policy.access is not Access.READ or any(
        a in (Access.EDIT, Access.DELETE) for a in policy.access_by_layout.values()
    ):
        sentences += _changes(policy)
    return sentences


def _fields(verb: str, names: Names) -> list[str]:
    return [
        f"It {verb} {_list(fields)} on {'every layout' if layout == EVERY else repr(layout)}."
        for layout, fields in names.items()
        if fields
    ]


def _scope(layout: str, rule: ScopeRule) -> list[str]:
    limits = " and ".join(f"{name!r} is {' or '.join(values)}" for name, values in rule.where.items())
    opened = [*rule.portals, *rule.fields, *rule.value_lists, *(["the table's total"] if rule.totals else [])]
    text = f"On {layout!r} only records whose {limits} exist; a record id counts when {rule.key!r} finds it."
    return [text, f"Opened beside them: {_list(frozenset(opened))}."] if opened else [text]


def _scripts(policy: Policy) -> list[str]:
    running = {name: rule for name, rule in policy.scripts.items() if may_run(policy, name)}
    if not running:
        return ["It runs no script."]
    by_effect: dict[str, list[str]] = {}
    for name, rule in running.items():
        by_effect.setdefault(rule.effect.value.replace("_", " "), []).append(
            "every other" if name == EVERY else repr(name)
        )
    parts = [f"{effect}: {', '.join(names)}" for effect, names in by_effect.items()]
    return [f"It runs scripts: {'; '.join(parts)}."]


def _changes(policy: Policy) -> list[str]:
    person = f"deletes, scripts that reach outside, and changes of more than {policy.bulk_limit} records"
    agrees = {
        Approval.BY_RISK: f"A person agrees to {person}. For smaller changes this server asks nobody; the client may ask, or may not.",
        Approval.CLIENT: "This server asks nobody before a change; the client may ask, or may not.",
        Approval.PERSON: "A person agrees to every change.",
    }
    sentences = [CONFIRM[policy.confirm], agrees[policy.approval]]
    sentences += [f"On {layout!r}: {agrees[each]}" for layout, each in policy.approval_by_layout.items()]
    sentences += _fields("asks a person before it writes", policy.approval_by_field)
    day = "" if policy.max_records_per_day is None else f", and {policy.max_records_per_day:,} a day"
    sentences.append(f"At most {policy.max_records_per_change:,} records in one change{day}.")
    sentences += [
        f"A lost new record on {layout!r} is looked for by {key!r}." for layout, key in policy.keys.items()
    ]
    if policy.skip_validation:
        sentences.append(f"Validation may be set aside on {_list(policy.skip_validation)}.")
    return sentences


def _list(names: frozenset[str] | Mapping[str, object]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
