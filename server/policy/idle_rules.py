"""Rules of a policy that have no effect."""

from __future__ import annotations

from ..text.near_names import folded
from ..text.plain_parts import Name
from ..text.sentence import Sentence, say
from .rules import EVERY, Access, Approval, Policy, access_to


def without_effect(policy: Policy) -> list[Sentence]:
    """Settings beside others that leave nothing of them."""
    sentences: list[Sentence] = []
    if not policy.hidden_fields and policy.count_hidden_fields:
        sentences.append(say("count_hidden_fields is set, and no field is hidden."))
    levels = (Access.EDIT, Access.DELETE)
    writes = any(level in levels for level in (policy.access, *policy.access_by_layout.values()))
    if not writes:
        idle = {
            "read_only_fields": policy.read_only_fields,
            "approval_by_layout": policy.approval_by_layout,
            "approval_by_field": policy.approval_by_field,
            "skip_validation": policy.skip_validation,
            "keys": policy.keys,
            "max_records_per_day": policy.max_records_per_day,
        }
        sentences += [
            say("%(name)s is set, and nothing may be written.", name=name)
            for name, value in idle.items()
            if value
        ]
    sentences += [
        say("skip_validation names %(name)s, where nothing may be written.", name=Name(name))
        for name in sorted(policy.skip_validation)
        if writes and access_to(policy, name) not in levels
    ]
    for layout, shown in policy.fields.items():
        hidden = {folded(each) for each in policy.hidden_fields.get(layout, ())}
        sentences += [
            say(
                "fields and hidden_fields both name %(name)s of %(layout)s; it is hidden.",
                name=Name(name),
                layout=Name(layout),
            )
            for name in sorted(shown)
            if folded(name) in hidden
        ]
    for layout, fields in policy.mask.items():
        hidden = {folded(each) for where in (layout, EVERY) for each in policy.hidden_fields.get(where, ())}
        sentences += [
            say("mask and hidden_fields both name %(name)s; it is hidden.", name=Name(name))
            for name in fields
            if folded(name) in hidden
        ]
    for layout, rule in (policy.scope or {}).items():
        hidden = {folded(each) for where in (layout, EVERY) for each in policy.hidden_fields.get(where, ())}
        sentences += [
            say(
                "scope of %(layout)s opens %(name)s, which hidden_fields closes.",
                layout=Name(layout),
                name=Name(name),
            )
            for name in sorted(rule.fields)
            if folded(name) in hidden
        ]
        if writes and not rule.writable:
            sentences.append(
                say(
                    "Nothing of %(layout)s can be written: its scope names no field in `writable`. Name those "
                    "that are no match field of a relationship.",
                    layout=Name(layout),
                )
            )
    cap = policy.max_records_per_day
    if cap is not None and cap < policy.bulk_limit and policy.approval is Approval.BY_RISK:
        sentences.append(
            say(
                "bulk_limit (%(bulk_limit)s) is never reached: a day has at most %(cap)s records.",
                bulk_limit=policy.bulk_limit,
                cap=cap,
            )
        )
    return sentences
