"""Settings that contradict each other, do nothing, or are wide open."""

from __future__ import annotations

from collections.abc import Iterable

from ..text.near_names import folded
from ..text.plain_parts import Listed, Name
from ..text.sentence import Sentence, say
from .access import may_run, may_write_anywhere
from .change_mistakes import rule_complaints
from .idle_rules import without_effect
from .rules import EVERY, Approval, Confirm, Policy, RecordEffect, ScriptEffect, scope_of

POWERFUL = ("admin", "administrator", "root", "master", "developer")


def complaints(policy: Policy, *, account: str) -> list[Sentence]:
    """For the owner."""
    sentences: list[Sentence] = []
    if account.casefold() in POWERFUL:
        sentences.append(
            say(
                "The account %(account)s looks like one with full access. Give the assistant an account "
                "and a privilege set of its own: then a mistake here opens no more than FileMaker allows "
                "it, but for scripts that run with full access.",
                account=Name(account),
            )
        )
    if policy.access.value == "none" and not policy.access_by_layout:
        sentences.append(say("Access is none, so the assistant can do nothing at all."))
    sentences += _unreachable(policy)
    sentences += rule_complaints(policy)
    sentences += _wide_open(policy)
    return sentences


def source_complaints(sources: Iterable[tuple[str, str]]) -> list[Sentence]:
    """Sentences about external files that an account opens with more than the settings' file allows; (file, account) each."""
    return [
        say(
            "The data source %(file)s is opened as %(account)s, which looks like full access. "
            "Privileges on records and fields hold in the file where the tables lie: those of the file "
            "that is signed in to limit nothing there. Give the assistant an account of its own in "
            "both.",
            file=Name(file),
            account=Name(account),
        )
        for file, account in sources
        if account.casefold() in POWERFUL
    ]


def _unreachable(policy: Policy) -> list[Sentence]:
    """Rules that never apply."""
    sentences: list[Sentence] = []
    if policy.layouts is not None:
        listed = {folded(name) for name in policy.layouts}
        sentences += [
            say("access_by_layout names %(name)s, which `layouts` closes.", name=Name(name))
            for name in policy.access_by_layout
            if folded(name) not in listed
        ]
        sentences += [
            say("scope names %(name)s, which `layouts` closes.", name=Name(name))
            for name in policy.scope or {}
            if folded(name) not in listed
        ]
        sentences += [
            say("layouts lists %(name)s, which has no scope and so does not exist.", name=Name(name))
            for name in sorted(policy.layouts)
            if policy.scope is not None and scope_of(policy, name) is None
        ]
    sentences += without_effect(policy)
    sentences += [
        say(
            "The script %(script)s is listed and cannot run: a scope is set and it is not marked in_scope.",
            script=Name(name),
        )
        if policy.scope is not None and not rule.in_scope
        else say(
            "The script %(script)s is listed and cannot run: its effect is %(effect)s, and access is %(access)s.",
            script=Name(name),
            effect=rule.effect.value,
            access=policy.access.value,
        )
        for name, rule in policy.scripts.items()
        if not may_run(policy, name)
    ]
    return sentences


def _wide_open(policy: Policy) -> list[Sentence]:
    sentences: list[Sentence] = []
    writes = may_write_anywhere(policy, RecordEffect.EDIT)
    if EVERY in policy.scripts:
        sentences.append(say("Every script may run. List the ones that an assistant needs."))
    if writes and policy.confirm is Confirm.NEVER and policy.approval is Approval.CLIENT:
        sentences.append(
            say(
                "Changes are carried out at once and no person agrees to any of them. Use this only where "
                "somebody watches."
            )
        )
    if policy.untrusted_fields and policy.approval is Approval.CLIENT:
        sentences.append(
            say(
                "Untrusted fields are named, but with approval = client nobody is asked after they were read."
            )
        )
    outside = [
        n
        for n, r in policy.scripts.items()
        if r.effect is ScriptEffect.REACHES_OUTSIDE and may_run(policy, n)
    ]
    if outside and policy.approval is Approval.CLIENT:
        sentences.append(say("%(scripts)s reach outside and no person agrees.", scripts=Listed.of(outside)))
    if policy.scope is not None and policy.access_by_layout:
        sentences += [
            say("access_by_layout names %(name)s, which has no scope and so does not exist.", name=Name(name))
            for name in policy.access_by_layout
            if folded(name) not in {folded(layout) for layout in policy.scope}
        ]
    return sentences
