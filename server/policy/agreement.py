"""Whether a change is planned first, and who must agree to it."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Approval, Confirm, Effect, Policy, ScriptEffect


@dataclass(frozen=True, slots=True)
class Agreement:
    by: Approval
    """`client` or `person`."""
    because: str = ""
    """Why a person is asked, as words for that person."""


def needs_plan(policy: Policy, effect: Effect, records: int) -> bool:
    if policy.confirm is Confirm.BULK:
        return records > 1 or effect is Effect.DELETE
    return policy.confirm is Confirm.ALWAYS


def agreement_for(
    policy: Policy,
    *,
    effects: frozenset[Effect],
    records: int,
    script: ScriptEffect | None = None,
    untrusted: frozenset[str] = frozenset(),
) -> Agreement:
    """Who agrees to a change of that many records; `untrusted` are the outsiders' fields read before it was planned."""
    if policy.approval is Approval.CLIENT:
        return Agreement(Approval.CLIENT)
    if policy.approval is Approval.PERSON:
        return Agreement(Approval.PERSON, "the owner wants a person to agree to every change")
    if untrusted:
        return _after_outsiders(untrusted)
    if Effect.DELETE in effects:
        return Agreement(Approval.PERSON, "it deletes")
    if script is ScriptEffect.REACHES_OUTSIDE:
        return Agreement(Approval.PERSON, "the script reaches outside FileMaker")
    if records > policy.bulk_limit:
        return Agreement(Approval.PERSON, f"it changes more than {policy.bulk_limit} records")
    return Agreement(Approval.CLIENT)


def agreement_to_let_out(policy: Policy, untrusted: frozenset[str]) -> Agreement:
    """Who agrees to what changes nothing and leaves FileMaker: a file, or a script that only reads."""
    if untrusted and policy.approval is not Approval.CLIENT:
        return _after_outsiders(untrusted)
    return Agreement(Approval.CLIENT)


def _after_outsiders(untrusted: frozenset[str]) -> Agreement:
    fields = ", ".join(sorted(untrusted))
    return Agreement(Approval.PERSON, f"text written by outsiders ({fields}) was read before it was planned")
