"""A policy in sentences, for its owner."""

from __future__ import annotations

from ..dataapi.layout_meta import LayoutMeta
from ..text.plain_parts import Listed, Name, Part
from ..text.sentence import Sentence, marked, say
from .access import unwritable
from .change_summary import change_sentences, script_sentences
from .rules import (
    Access,
    Policy,
    ScopeRule,
    access_to,
)
from .summary_parts import all_of, either, field_sentences, listed, on_layout
from .tables import related_names, speaks_of_layouts
from .visibility import visible

ACCESS = {
    Access.NONE: (
        marked("The assistant sees nothing of the records on %(where)s."),
        marked("On %(layout)s it sees nothing."),
    ),
    Access.READ: (
        marked("The assistant reads records on %(where)s."),
        marked("On %(layout)s it reads."),
    ),
    Access.EDIT: (
        marked("The assistant reads, creates and edits records on %(where)s."),
        marked("On %(layout)s it reads, creates and edits."),
    ),
    Access.DELETE: (
        marked("The assistant reads, creates, edits and deletes records on %(where)s."),
        marked("On %(layout)s it reads, creates, edits and deletes."),
    ),
}
"""What is said of all layouts, and of one."""

PARTS = {
    "last4": marked("the last four characters"),
    "initials": marked("the initials"),
    "year": marked("the year"),
}

NAMED = 12
"""Related fields that are named of one layout."""


def words(policy: Policy) -> list[Sentence]:
    """What an assistant can see and do, a sentence a line."""
    where = say("every layout that the account may see")
    if policy.layouts is not None:
        where = (
            say("the layouts %(names)s", names=listed(policy.layouts)) if policy.layouts else say("no layout")
        )
    sentences = (
        [say("Where a person has to agree, it is somebody else than who asked.")] if policy.four_eyes else []
    ) + (
        [say("Its stage is %(stage)s: plans of another stage are not carried out.", stage=policy.stage)]
        if policy.stage
        else []
    )
    sentences += [say(ACCESS[policy.access][0], where=where)]
    sentences += [
        say(ACCESS[access][1], layout=Name(layout)) for layout, access in policy.access_by_layout.items()
    ]
    sentences += field_sentences(marked("It shows only %(fields)s on %(layout)s."), policy.fields)
    sentences += field_sentences(marked("It hides %(fields)s on %(layout)s."), policy.hidden_fields)
    if policy.hidden_fields and policy.count_hidden_fields:
        sentences.append(say("Hidden fields can be grouped and counted, by pseudonyms."))
    sentences += [
        say(
            "It sees of %(field)s %(part)s on %(layout)s, and neither finds, sorts by nor writes it.",
            field=Name(name),
            part=say(PARTS[form]),
            layout=on_layout(layout),
        )
        for layout, fields in policy.mask.items()
        for name, form in fields.items()
    ]
    if any(policy.hidden_fields.values()) or policy.mask:
        sentences.append(
            say(
                "What a calculation or a summary field makes of a hidden or masked field is another field. FileMaker does not "
                "tell which fields it reads: hide it as well."
            )
        )
    sentences += field_sentences(marked("It never writes %(fields)s on %(layout)s."), policy.read_only_fields)
    sentences += field_sentences(marked("It distrusts %(fields)s on %(layout)s."), policy.untrusted_fields)
    if any(policy.untrusted_fields.values()):
        sentences.append(
            say("After such text was read, a person agrees to every change, script, export and saved file.")
        )
    for layout, rule in (policy.scope or {}).items():
        sentences += _scope(policy, layout, rule)
    if policy.scope is not None:
        sentences.append(say("Layouts without such a limit do not exist for it."))
    sentences += _related(policy)
    sentences += script_sentences(policy)
    if policy.access is not Access.READ or any(
        a in (Access.EDIT, Access.DELETE) for a in policy.access_by_layout.values()
    ):
        sentences += change_sentences(policy)
    return sentences


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


def _related(policy: Policy) -> list[Sentence]:
    if not speaks_of_layouts(policy):
        return []
    sentences = [
        say(
            "A related field or row counts as the table that it lies in: what is closed on every layout of that table is neither "
            "shown nor written through another."
        )
    ]
    sentences += [
        say(
            "The occurrence %(occurrence)s counts as the table %(table)s.",
            occurrence=Name(each),
            table=Name(table),
        )
        for each, table in policy.tables.items()
    ]
    return sentences


def _scope(policy: Policy, layout: str, rule: ScopeRule) -> list[Sentence]:
    limits = all_of(
        say("%(field)s is %(value)s", field=Name(name), value=either(values))
        for name, values in rule.where.items()
    )
    opened: list[Part] = list(map(Name, sorted([*rule.portals, *rule.fields, *rule.value_lists])))
    opened += [say("the table's total")] if rule.totals else []
    sentences = [
        say(
            "On %(layout)s only records whose %(limits)s exist; a record id counts when %(key)s finds it.",
            layout=Name(layout),
            limits=limits,
            key=Name(rule.key),
        )
    ]
    if opened:
        sentences.append(say("Opened beside them: %(names)s.", names=Listed(tuple(opened))))
    if rule.exact and rule.unicode_indexed:
        sentences.append(
            say(
                "Their values are compared letter by letter; the host's counts hold for %(fields)s.",
                fields=listed(rule.unicode_indexed),
            )
        )
    elif rule.exact:
        sentences.append(
            say("Their values are compared letter by letter, and no count of the host's is told.")
        )
    if access_to(policy, layout) in (Access.EDIT, Access.DELETE):
        fields = listed(rule.writable) if rule.writable else say("no field")
        sentences.append(
            say("It writes %(fields)s there; a new record also gets the values of the limit.", fields=fields)
        )
    return sentences
