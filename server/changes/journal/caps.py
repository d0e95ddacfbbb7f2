"""What the owner's settings of now let through: the stage, and caps on a change and on a day: every record that is written counts, related rows like others."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import Forbidden, InputError
from ...local.state.state import State, StateReader
from ...policy import Policy
from ..plans.plan import Plan
from ..plans.step import StepKind
from .journal import Journal

DAY = 24 * 3600.0


def check_size(policy: Policy, writes: int, *, is_all: bool = True) -> None:
    """Raises Forbidden for a change of more records than the owner allows in one. `is_all`: they were all counted."""
    cap = policy.max_records_per_change
    if writes > cap:
        count = str(writes) if is_all else f"more than {cap}"
        raise Forbidden(
            f"This change has {count} records, and the owner allows {cap} in one",
            advice="Nothing was changed. Make it smaller.",
        )


class Caps:
    def __init__(
        self, state: State, journal: Journal, policy: Policy, *, identity: str, now: Callable[[], float]
    ) -> None:
        self._state = state
        self._journal = journal
        self._policy = policy
        self._identity = identity
        self._now = now

    def check_stage(self, plan: Plan) -> None:
        """Raises InputError for a plan of another stage: what was tried in a test is not carried out in production."""
        if plan.stage != (now := self._policy.stage):
            raise InputError(
                f"{plan.id} was planned {_called(plan.stage)}, and this database is {_called(now)} now",
                advice="Nothing more was changed. Plan it again here.",
            )

    def check_terms(self, plan: Plan) -> None:
        """The same, and for one that was planned before the owner wanted another person to agree than who asked."""
        self.check_stage(plan)
        if self._policy.four_eyes and not plan.four_eyes:
            raise InputError(
                f"{plan.id} was planned before the owner wanted somebody else to agree than whoever asked",
                advice="Nothing more was changed. Plan it again.",
            )

    def check_change(self, plan: Plan) -> None:
        """Raises Forbidden for a plan that is beyond the cap on a change, as it is now."""
        cap = self._policy.max_records_per_change
        if plan.writes > cap and any(step.kind is not StepKind.EXPORT for step in plan.steps):
            raise Forbidden(
                f"{plan.id} has {plan.writes} records, and the owner allows {cap} in one change by now",
                advice="Nothing more was changed. Plan smaller ones.",
            )

    async def check_new(self, plan: Plan) -> None:
        """Raises Forbidden for a plan, not kept yet, that is beyond a cap."""
        check_size(self._policy, plan.writes)
        await self.check_day(plan, left=plan.writes)

    async def check_day(
        self, plan: Plan, *, left: int | None = None, reader: StateReader | None = None
    ) -> None:
        """Raises Forbidden when what is left of the plan is more than is left of the day, what other plans that are being
        carried out have still to send included. `reader`: the transaction in which it is looked at."""
        cap = self._policy.max_records_per_day
        if cap is None or all(step.kind is StepKind.EXPORT for step in plan.steps):
            return
        reader = reader or self._state
        left = await self._left(reader, "item.plan = ?", plan.id) if left is None else left
        # Counted before what was sent: what another process sends in between counts twice, and never not at all.
        done = await self._left(
            reader, "plan.database = ? AND plan.state = 'applying' AND plan.id <> ?", self._identity, plan.id
        )
        done += await self._journal.carried_out(self._identity, self._now() - DAY, reader)
        if done + left > cap:
            raise Forbidden(
                f"The owner allows {cap} changed records a day; {done} were changed, and this has {left}",
                advice="Nothing was changed. Go on tomorrow, or ask the owner.",
            )

    async def _left(self, reader: StateReader, which: str, *values: str) -> int:
        """How many records were not attempted yet, of plans whose process lives or that are not begun."""
        rows = await reader.rows(
            "SELECT item.writes, plan.runner, plan.state FROM item JOIN plan ON plan.id = item.plan JOIN step"
            f" ON step.plan = plan.id AND step.number = item.step WHERE {which} AND item.state = 'open'"
            " AND step.kind <> 'export'",
            *values,
        )
        alive = {
            row["runner"]: await self._state.is_alive(row["runner"])
            for row in rows
            if row["state"] == "applying"
        }
        return sum(_counted(row["writes"]) for row in rows if alive.get(row["runner"], True))


def _counted(writes: object) -> int:
    """One at least where another program wrote there: its plan is refused, and others are counted on."""
    return writes if isinstance(writes, int) and writes > 0 else 1


def _called(stage: str) -> str:
    return f"in the stage {stage!r}" if stage else "without a stage"
