"""A policy in sentences, for its owner."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..dataapi.models import LayoutMeta
from .access import may_run, unwritable
from .rules import EVERY, Access, Approval, Confirm, Names, Policy, ScopeRule, access_to
from .tables import related_names, speaks_of_layouts
from .visibility import visible

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

PARTS = {
    "last4": "the last four characters",
    "initials": "the initials",
    "year": "the year",
}


NAMED = 12
"""Related fields that are named of one layout."""


def words(policy: Policy) -> list[str]:
    """What an assistant can see and do, a sentence a line."""
    where = "every layout that the account may see"
    if policy.layouts is not None:
        where = f"the layouts {_list(policy.layouts)}" if policy.layouts else "no layout"
    sentences = (
        ["Where a person has to agree, it is somebody else than who asked."] if policy.four_eyes else []
    ) + (
        [f"Its stage is {policy.stage}: plans of another stage are not carried out."] if policy.stage else []
    )
    sentences += [f"The assistant {ACCESS[policy.access]} records on {where}."]
    sentences += [f"On {layout!r} it {ACCESS[access]}." for layout, access in policy.access_by_layout.items()]
    sentences += _fields("shows only", policy.fields)
    sentences += _fields("hides", policy.hidden_fields)
    if policy.hidden_fields and policy.count_hidden_fields:
        sentences.append("Hidden fields can be grouped and counted, by pseudonyms.")
    sentences += [
        f"It sees of {name!r} {PARTS[form]} on {'every layout' if layout == EVERY else repr(layout)}, and neither finds, sorts by nor writes it."
        for layout, fields in policy.mask.items()
        for name, form in fields.items()
    ]
    sentences += _fields("never writes", policy.read_only_fields)
    sentences += _fields("distrusts", policy.untrusted_fields)
    if any(policy.untrusted_fields.values()):
        sentences.append(
            "After such text was read, a person agrees to every change, script, export and saved file."
        )
    for layout, rule in (policy.scope or {}).items():
        sentences += _scope(policy, layout, rule)
    if policy.scope is not None:
        sentences.append("Layouts without such a limit do not exist for it.")
    sentences += _related(policy)
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


def layout_words(policy: Policy, meta: LayoutMeta) -> str:
    """What there is of one layout for an assistant, and what of its related fields and rows follows from the rules of the layouts
    of their own tables. `meta` is the whole layout, with its `homes`."""
    known = visible(policy, meta)
    parts = [f"{meta.name}: {len(known.fields)} fields"]
    parts += [f"portal {portal.name}: {len(portal.fields)}" for portal in known.portals.values()]
    names = list(dict.fromkeys(related_names(meta)))
    shown = [name for name in names if known.field_named(name) is not None]
    writes = access_to(policy, meta.name) in (Access.EDIT, Access.DELETE)
    read_only = unwritable(policy, meta, shown) if writes else []
    closed = [name for name in names if name not in shown]
    closed += [f"the portal {name}" for name in meta.portals if name not in known.portals]
    for what, those in (("related and only read", read_only), ("related and closed", closed)):
        if those:
            more = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
            parts.append(f"{what}: {', '.join(those[:NAMED])}{more}")
    return "; ".join(parts)


def _related(policy: Policy) -> list[str]:
    if not speaks_of_layouts(policy):
        return []
    sentences = [
        "A related field or row counts as the table that it lies in: what is closed on every layout of that table is neither shown "
        "nor written through another."
    ]
    sentences += [
        f"The occurrence {each!r} counts as the table {table!r}." for each, table in policy.tables.items()
    ]
    return sentences


def _scope(policy: Policy, layout: str, rule: ScopeRule) -> list[str]:
    limits = " and ".join(f"{name!r} is {' or '.join(values)}" for name, values in rule.where.items())
    opened = [*rule.portals, *rule.fields, *rule.value_lists, *(["the table's total"] if rule.totals else [])]
    text = f"On {layout!r} only records whose {limits} exist; a record id counts when {rule.key!r} finds it."
    sentences = [text, f"Opened beside them: {_list(frozenset(opened))}."] if opened else [text]
    if rule.exact:
        sentences.append("Their values are compared letter by letter, and no count of the host's is told.")
        if rule.unicode_indexed:
            sentences[-1] = (
                f"Their values are compared letter by letter; the host's counts hold for {_list(rule.unicode_indexed)}."
            )
    if access_to(policy, layout) in (Access.EDIT, Access.DELETE):
        fields = _list(rule.writable) if rule.writable else "no field"
        sentences.append(f"It writes {fields} there; a new record also gets the values of the limit.")
    return sentences


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
    sentences += [
        f"Records of {layout!r} are written directly, also where a script writes those of another layout of that table."
        if through is None
        else f"Records of {layout!r} are written by the owner's script {through.name!r}{', which also deletes them' if through.deletes else ''},"
        " and not through other layouts of that table."
        for layout, through in policy.write_through.items()
    ]
    sentences.append(
        "On every other layout no script trigger runs when it changes a record: the Data API runs none."
        if policy.write_through
        else "No script trigger of a layout runs when it changes a record: the Data API runs none, unless write_through names a script."
    )
    if policy.stamp:
        sentences.append(f"Each record that it creates or edits is stamped in {_list(policy.stamp)}.")
    sentences += [
        f"On {layout!r} it stamps {_list(stamp)}." if stamp else f"On {layout!r} it stamps nothing."
        for layout, stamp in policy.stamp_by_layout.items()
    ]
    if policy.journal_table:
        sentences.append(
            f"The outcome of each record is mirrored into {policy.journal_table!r}, whose table it does not write itself."
        )
    sentences += [
        f"On {layout!r} it changes only records whose {_conditions(where)}, before and after, and none of them through other layouts of that table."
        if where
        else f"On {layout!r} no condition limits which records it changes."
        for layout, where in policy.change_only_where.items()
    ]
    day = "" if policy.max_records_per_day is None else f", and {policy.max_records_per_day:,} a day"
    sentences.append(f"At most {policy.max_records_per_change:,} records in one change{day}.")
    sentences += [
        f"A lost new record on {layout!r} is looked for by {key!r}." for layout, key in policy.keys.items()
    ]
    if policy.skip_validation:
        sentences.append(f"Validation may be set aside on {_list(policy.skip_validation)}.")
    return sentences


def _conditions(where: Mapping[str, object]) -> str:
    return " and ".join(f"{name!r} is {condition!r}" for name, condition in where.items())


def _list(names: Collection[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
