"""Changes of a caller that are the same as another, and the refusal of one that is the same as one of a short while ago."""

from __future__ import annotations

from ...errors import InputError
from ...local.state.state import Question
from ..plans.plan import Plan, Who


def carried_out_already(earlier: str) -> InputError:
    return repetition(f"The same change was carried out a short while ago as {earlier}", earlier)


def repetition(what: str, earlier: str) -> InputError:
    return InputError(
        what,
        advice=f"Nothing was changed now. list_changes {earlier} shows its outcome; to do it a second time, "
        "plan it with repeat: true.",
    )


class SameChanges:
    """What has to be asked of the plans of one database."""

    def __init__(self, database: str) -> None:
        self._database = database

    def as_asked(self, fingerprint: str, who: Who) -> Question:
        """Asks for the id of the caller's plan with that content, whatever became of it."""
        return (
            "SELECT id FROM plan WHERE fingerprint = ? AND database = ? AND caller = ? AND account = ?",
            (fingerprint, self._database, who.caller.id, who.caller.account),
        )

    def applied_like(self, fingerprint: str, who: Who, since: float, *, but: str = "") -> Question:
        """Asks for the id of another change of the caller's with the same content of which something was sent since then."""
        return (
            "SELECT id FROM plan WHERE fingerprint = ? AND database = ? AND caller = ? AND account = ? AND state <> 'undone'"
            " AND id <> ? AND EXISTS (SELECT 1 FROM journal WHERE plan = plan.id AND event = 'attempt' AND at >= ?"
            # doing again what a restored host has lost is no repetition
            " AND NOT EXISTS (SELECT 1 FROM restoration WHERE database = journal.database"
            " AND journal.at BETWEEN before AND noticed))"
            " AND EXISTS (SELECT 1 FROM item WHERE plan = plan.id AND state IN ('done', 'sent', 'unknown'))",
            (fingerprint, self._database, who.caller.id, who.caller.account, but, since),
        )

    def applying_like(self, plan: Plan, who: Who) -> Question:
        """Asks for id and runner of another plan of the caller's with the same content that is being carried out, or was when
        its process ended."""
        return (
            "SELECT id, runner FROM plan WHERE fingerprint = ? AND database = ? AND caller = ? AND account = ? AND id <> ?"
            " AND state = 'applying'",
            (plan.fingerprint, self._database, who.caller.id, who.caller.account, plan.id),
        )
