"""Whether a change is planned first, and who must agree to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..text.plain_parts import Listed, names
from ..text.sentence import NOTHING, Sentence, say
from .field_names import closed_by, is_closed
from .rules import (
    Approval,
    Confirm,
    Policy,
    RecordEffect,
    ScriptEffect,
    approval_on,
)

Written = Mapping[str, frozenset[str]]
"""Layout -> the fields that a change writes through it, those of related rows included."""


@dataclass(frozen=True, slots=True)
class Agreement:
    by: Approval
    """`client` or `person`."""
    because: Sentence = NOTHING
    """Why a person is asked, as words for that person."""


NOBODY = Agreement(Approval.CLIENT)
"""Nobody is asked by us."""


def needs_plan(policy: Policy, effect: RecordEffect, records: int) -> bool:
    if policy.confirm is Confirm.BULK:
        return records > 1 or effect is RecordEffect.DELETE
    return policy.confirm is Confirm.ALWAYS


def agreement_for(
    policy: Policy,
    *,
    effects: frozenset[RecordEffect],
    records: int,
    script: ScriptEffect | None = None,
    untrusted: frozenset[str] = frozenset(),
    written: Written | None = None,
) -> Agreement:
    """Who agrees to a change of that many records. `untrusted` are the outsiders' fields read before it was planned."""
    written = written or {}
    named = _named_by_the_owner(policy, written)
    if named is not None:
        return named
    if untrusted and policy.approval is not Approval.CLIENT:
        return _after_outsiders(untrusted)
    if {approval_on(policy, layout) for layout in written} <= {Approval.CLIENT} and (
        written or policy.approval is Approval.CLIENT
    ):
        return NOBODY
    if RecordEffect.DELETE in effects:
        return Agreement(Approval.PERSON, say("it deletes"))
    if script is ScriptEffect.REACHES_OUTSIDE:
        return Agreement(Approval.PERSON, say("the script reaches outside FileMaker"))
    if records > policy.bulk_limit:
        return Agreement(
            Approval.PERSON, say("it changes more than %(count)s records", count=policy.bulk_limit)
        )
    return NOBODY


def agreement_to_let_out(policy: Policy, untrusted: frozenset[str]) -> Agreement:
    """Who agrees to what changes nothing and leaves FileMaker: a file, or a script that only reads."""
    if untrusted and policy.approval is not Approval.CLIENT:
        return _after_outsiders(untrusted)
    return NOBODY


def _named_by_the_owner(policy: Policy, written: Written) -> Agreement | None:
    """A person for every change, for a layout, or for a field."""
    layouts = [layout for layout in written if approval_on(policy, layout) is Approval.PERSON]
    if policy.approval is Approval.PERSON and (layouts or not written):
        return Agreement(Approval.PERSON, say("the owner wants a person to agree to every change"))
    if layouts:
        listed = names(sorted(layouts))
        return Agreement(
            Approval.PERSON,
            say("the owner wants a person to agree to every change on %(names)s", names=listed),
        )
    for layout, fields in written.items():
        closed = closed_by(policy.approval_by_field, layout)
        named = sorted(name for name in fields if is_closed(closed, name))
        if named:
            listed = names(named)
            return Agreement(
                Approval.PERSON, say("the owner wants a person to agree when %(names)s changes", names=listed)
            )
    return None


def _after_outsiders(untrusted: frozenset[str]) -> Agreement:
    fields = Listed.of(sorted(untrusted))
    return Agreement(
        Approval.PERSON,
        say("text written by outsiders (%(names)s) was read before it was planned", names=fields),
    )
