"""What the owner's settings refused a caller, as it is told now."""

from __future__ import annotations

from collections.abc import Iterable

from ...policy import Policy, showing_all
from ..journal.journal_entry import Entry
from ..plans.plan import Who
from ..plans.plan_answers import moment
from .differences import Facts


def refused_attempts(policy: Policy, who: Who, entries: Iterable[Entry]) -> list[Facts]:
    """The caller's own, in the order of the entries."""
    return [_told(policy, each) for each in entries if _is_refusal_of(who, each)]


def _told(policy: Policy, entry: Entry) -> Facts:
    """A refusal under other settings may speak of what is closed now: of that one only when it was is told."""
    at = moment(entry.at)
    if entry.facts.get("seen") != showing_all(policy):
        return {"at": at, "why": "The owner's settings did not allow it; they changed since."}
    if "asked" not in entry.facts:
        return {"at": at, "why": "What was asked is not kept any more."}
    return {"at": at, "asked": entry.facts["asked"], "why": entry.facts["why"]}


def _is_refusal_of(who: Who, entry: Entry) -> bool:
    """Entries of before accounts were told apart name none, and tell nothing either."""
    same_account = entry.facts.get("account", who.caller.account) == who.caller.account
    return entry.event == "refused" and entry.who.caller.id == who.caller.id and same_account
