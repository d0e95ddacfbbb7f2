"""Settings that contradict each other, do nothing, or are wide open."""

from __future__ import annotations

from collections.abc import Iterable

from ..text.near_names import folded
from .access import may_run, may_write_anywhere
from .change_mistakes import rule_complaints
from .rules import (
    EVERY,
    Access,
    Approval,
    Confirm,
    Policy,
    RecordEffect,
    ScriptEffect,
    access_to,
    scope_of,
)

POWERFUL = ("admin", "administrator", "root", "master", "developer")


def complaints(policy: Policy, *, account: str) -> list[str]:
    """Sentences for the owner."""
    sentences: list[str] = []
    if account.casefold() in POWERFUL:
        sentences.append(
            f"The account {account!r} looks like one with full access. Give the assistant an account and a privilege set "
            "of its own: then a mistake here opens no more than FileMaker allows it, but for scripts that run with full access."
        )
    if policy.access.value == "none" and not policy.access_by_layout:
        sentences.append("Access is none, so the assistant can do nothing at all.")
    sentences += _unreachable(policy)
    sentences += rule_complaints(policy)
    sentences += _wide_open(policy)
    return sentences


def source_complaints(sources: Iterable[tuple[str, str]]) -> list[str]:
    """Sentences about external files that an account opens with more than the settings' file allows; (file, account) each."""
    return [
        f"The data source {file!r} is opened as {account!r}, which looks like full access. Privileges on records and fields hold in "
        "the file where the tables lie: those of the file that is signed in to limit nothing there. Give the assistant an account "
        "of its own in both."
        for file, account in sources
        if account.casefold() in POWERFUL
    ]


def _unreachable(policy: Policy) -> list[str]:
    """Rules that never apply."""
    sentences: list[str] = []
    if policy.layouts is not None:
        listed = {folded(name) for name in policy.layouts}
        sentences += [
            f"access_by_layout names {name!r}, which `layouts` closes."
            for name in policy.access_by_layout
            if folded(name) not in listed
        ]
        sentences += [
            f"scope names {name!r}, which `layouts` closes."
            for name in policy.scope or {}
            if folded(name) not in listed
        ]
        sentences += [
            f"layouts lists {name!r}, which has no scope and so does not exist."
            for name in sorted(policy.layouts)
            if policy.scope is not None and scope_of(policy, name) is None
        ]
    sentences += _without_effect(policy)
    sentences += [
        f"The script {name!r} is listed and cannot run: "
        + (
            "a scope is set and it is not marked in_scope."
            if policy.scope is not None and not rule.in_scope
            else f"it {rule.effect.value}, and access is {policy.access.value}."
        )
        for name, rule in policy.scripts.items()
        if not may_run(policy, name)
    ]
    return sentences


def _without_effect(policy: Policy) -> list[str]:
    """Settings beside others that leave nothing of them."""
    sentences: list[str] = []
    if not policy.hidden_fields and policy.count_hidden_fields:
        sentences.append("count_hidden_fields is set, and no field is hidden.")
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
        sentences += [f"{name} is set, and nothing may be written." for name, value in idle.items() if value]
    sentences += [
        f"skip_validation names {name!r}, where nothing may be written."
        for name in sorted(policy.skip_validation)
        if writes and access_to(policy, name) not in levels
    ]
    for layout, shown in policy.fields.items():
        hidden = {folded(each) for each in policy.hidden_fields.get(layout, ())}
        sentences += [
            f"fields and hidden_fields both name {name!r} of {layout!r}; it is hidden."
            for name in sorted(shown)
            if folded(name) in hidden
        ]
    for layout, fields in policy.mask.items():
        hidden = {folded(each) for where in (layout, EVERY) for each in policy.hidden_fields.get(where, ())}
        sentences += [
            f"mask and hidden_fields both name {name!r}; it is hidden."
            for name in fields
            if folded(name) in hidden
        ]
    for layout, rule in (policy.scope or {}).items():
        hidden = {folded(each) for where in (layout, EVERY) for each in policy.hidden_fields.get(where, ())}
        sentences += [
            f"scope of {layout!r} opens {name!r}, which hidden_fields closes."
            for name in sorted(rule.fields)
            if folded(name) in hidden
        ]
        if writes and not rule.writable:
            sentences.append(
                f"Nothing of {layout!r} can be written: its scope names no field in `writable`. Name those that are no match "
                "field of a relationship."
            )
    cap = policy.max_records_per_day
    if cap is not None and cap < policy.bulk_limit and policy.approval is Approval.BY_RISK:
        sentences.append(
            f"bulk_limit ({policy.bulk_limit}) is never reached: a day has at most {cap} records."
        )
    return sentences


def _wide_open(policy: Policy) -> list[str]:
    sentences: list[str] = []
    writes = may_write_anywhere(policy, RecordEffect.EDIT)
    if EVERY in policy.scripts:
        sentences.append("Every script may run. List the ones that an assistant needs.")
    if writes and policy.confirm is Confirm.NEVER and policy.approval is Approval.CLIENT:
        sentences.append(
            "Changes are carried out at once and no person agrees to any of them. Use this only where somebody watches."
        )
    if policy.untrusted_fields and policy.approval is Approval.CLIENT:
        sentences.append(
            "Untrusted fields are named, but with approval = client nobody is asked after they were read."
        )
    outside = [
        n
        for n, r in policy.scripts.items()
        if r.effect is ScriptEffect.REACHES_OUTSIDE and may_run(policy, n)
    ]
    if outside and policy.approval is Approval.CLIENT:
        sentences.append(f"{', '.join(outside)} reach outside and no person agrees.")
    if policy.scope is not None and policy.access_by_layout:
        sentences += [
            f"access_by_layout names {name!r}, which has no scope and so does not exist."
            for name in policy.access_by_layout
            if folded(name) not in {folded(layout) for layout in policy.scope}
        ]
    return sentences
