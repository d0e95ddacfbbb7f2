"""The owner's caps on a change and on a day: every record that is written counts, related rows like others."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import Forbidden
from ...local.state import State
from ...policy import Policy
from .codec import read_item
from .journal import Journal
from .plan import Kind, Plan

DAY = 24 * 3600.0


class Caps:
    def __init__(
        self, state: State, journal: Journal, policy: Policy, *, identity: str, now: Callable[[], float]
    ) -> None:
        self._state = state
        self._journal = journal
        self._policy = policy
        self._identity = identity
        self._now = now

    def check_new(self, plan: Plan) -> None:
        """Raises Forbidden for a plan, not kept yet, that is beyond a cap."""
        cap = self._policy.max_records_per_change
        if plan.writes > cap:
            raise Forbidden(
                f"This change has {plan.writes} records, and the owner allows {cap} in one",
                advice="Nothing was changed. Make it smaller.",
            )
        self.check_day(plan, plan.writes)

    def check_day(self, plan: Plan, left: int | None = None) -> None:
        """Raises Forbidden when what is left of the plan is more than is left of the day, what other plans that are being
        carried out have still to send included."""
        cap = self._policy.max_records_per_day
        if cap is None or all(step.kind is Kind.EXPORT for step in plan.steps):
            return
        left = self._left("item.plan = ?", plan.id) if left is None else left
        done = self._journal.carried_out(self._identity, self._now() - DAY)
        done += self._left(
            "plan.database = ? AND plan.state = 'applying' AND plan.id <> ?", self._identity, plan.id
        )
        if done + left > cap:
            raise Forbidden(
                f"The owner allows {cap} changed records a day; {done} were changed, and this has {left}",
                advice="Nothing was changed. Go on tomorrow, or ask the owner.",
            )

    def _left(self, which: str, *values: str) -> int:
        """How many records were not attempted yet, of plans whose process lives or that are not begun."""
        rows = self._state.rows(
            "SELECT item.body, plan.runner, plan.state FROM item JOIN plan ON plan.id = item.plan JOIN step"
            f" ON step.plan = plan.id AND step.number = item.step WHERE {which} AND item.state = 'open'"
            " AND json_extract(step.body, '$.kind') <> 'export'",
            *values,
        )
        alive = {
            row["runner"]: self._state.is_alive(row["runner"]) for row in rows if row["state"] == "applying"
        }
        return sum(read_item(row["body"]).writes for row in rows if alive.get(row["runner"], True))
