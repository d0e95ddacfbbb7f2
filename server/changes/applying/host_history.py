"""Whether the host still has what was done to it: one that was put back to a backup has lost a part, which is noticed and said.

A modId only rises, and a record number is used once (section 6.2), so a record that is older than the journal knows it, or
is another one, tells that the file was replaced. That numbers are used again after that is [I].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from ...database.database import Database
from ...errors import FilemakerMcpError, InputError
from ...local.keys.sealed_contents import JOINED
from ...local.state.state import State
from ...policy import may_read
from ...text.sentence import say_count
from ..contents.plan_rows import PlanRows
from ..plans.plan import Plan, Who
from ..plans.step import StepKind
from .known_saves import SAVING, UNDECIDED, KnownSave, SaveCheck
from .record_check import Continuity

MOST = 5_000
"""Of the latest saves that are looked through."""
FEW = 20
"""Those that are looked at first: mostly they tell that nothing is gone."""


class HostHistory:
    """What was done to one database, compared with what it holds."""

    def __init__(
        self,
        state: State,
        database: Database,
        continuity: Continuity,
        rows: PlanRows,
        *,
        identity: str,
        now: Callable[[], float],
    ) -> None:
        self._state = state
        self._database = database
        self._continuity = continuity
        self._rows = rows
        self._identity = identity
        self._now = now
        self._known: int | None = None
        """`Continuity.now` when the latest save was seen last: while it stands, nothing was put back."""
        self.check = SaveCheck(database, now)

    async def noticed(self, who: Who, *, surely: bool = False) -> str:
        """A sentence for the caller when the host turns out to have gone back in time; empty otherwise, and where it cannot be asked. It is
        looked at once for as long as the file stays open; with `surely` in any case."""
        if not surely and self._known is not None and self._known == self._continuity.now:
            return ""
        saves = await self._saves(FEW)
        try:
            if len(saves) >= UNDECIDED and await self.check.latest_gone(saves) is None:
                self._known = self._continuity.now
                return ""
            saves = await self._saves()
            gone = await self.check.latest_gone(saves)
            if gone is None:
                self._known = self._continuity.now
                return ""
            first = await self.check.first_gone(saves, gone)
        except FilemakerMcpError:
            return ""
        lost, now = {save.plan for save in saves[first:]}, self._now()
        async with self._state.writing() as transaction:
            transaction.put(
                "INSERT INTO restoration (database, before, noticed, changes) VALUES (?, ?, ?, ?)",
                self._identity, saves[first].at, now, len(lost),
            )  # fmt: skip
        self._known = self._continuity.now
        return await self._told(saves[first].at, now, who)

    async def told(self, who: Who) -> list[str]:
        """Every time that it was noticed, the latest first, with how many of the caller's own changes are gone, as far as their
        layouts are open."""
        rows = await self._state.rows(
            "SELECT before, noticed FROM restoration WHERE database = ? ORDER BY noticed DESC LIMIT 5",
            self._identity,
        )
        return [await self._told(row["before"], row["noticed"], who) for row in rows]

    async def _told(self, before: float, noticed: float, who: Who) -> str:
        rows = await self._state.rows(
            "SELECT DISTINCT plan.id, step.layout FROM journal"
            " JOIN plan ON plan.id = journal.plan JOIN step ON step.plan = plan.id"
            " WHERE journal.database = ? AND journal.at BETWEEN ? AND ? AND event IN ('outcome', 'settled')"
            " AND plan.caller = ? AND plan.account = ?",
            self._identity, before, noticed, who.caller.id, who.caller.account,
        )  # fmt: skip
        closed = {
            row["id"] for row in rows if row["layout"] and not may_read(self._database.policy, row["layout"])
        }
        return self._said(before, len({row["id"] for row in rows} - closed))

    async def check_plan(self, plan: Plan) -> None:
        """Raises InputError for a plan that was made before the host was found to have gone back in time."""
        row = await self._state.row(
            "SELECT before, noticed FROM restoration WHERE database = ? AND noticed >= ? ORDER BY noticed DESC LIMIT 1",
            self._identity, plan.made,
        )  # fmt: skip
        if row is not None:
            raise InputError(
                f"{await self._told(row['before'], row['noticed'], plan.who)} {plan.id} was planned before that was noticed",
                advice="Nothing more was changed. Plan it again.",
            )

    async def check_there(self, plan_id: str, who: Who) -> None:
        """Raises InputError for a change that is gone as a whole."""
        saved = [save for save in await self._saves(lost=True) if save.plan == plan_id]
        for row in await self._windows():
            if saved and all(row["before"] <= save.at <= row["noticed"] for save in saved):
                raise InputError(
                    f"{await self._told(row['before'], row['noticed'], who)} {plan_id} is among them",
                    advice="There is nothing of it to take back.",
                )

    async def _windows(self) -> Sequence[dict[str, float]]:
        rows = await self._state.rows(
            "SELECT before, noticed FROM restoration WHERE database = ?", self._identity
        )
        return [{name: row[name] for name in ("before", "noticed")} for row in rows]

    async def _saves(self, most: int = MOST, *, lost: bool = False) -> list[KnownSave]:
        """What was saved, of the latest `most` at most, the oldest first; without what is known to be gone unless `lost`."""
        rows = await self._state.rows(
            f"SELECT journal.at, step.kind, step.layout, item.*, {JOINED} FROM journal"
            " JOIN item ON item.plan = journal.plan AND item.step = journal.step AND item.number = journal.item"
            " JOIN step ON step.plan = journal.plan AND step.number = journal.step"
            " LEFT JOIN data_key ON data_key.id = item.key"
            " WHERE journal.database = ? AND event IN ('outcome', 'settled') AND item.state = 'done'"
            " ORDER BY journal.number DESC LIMIT ?",
            self._identity, most,
        )  # fmt: skip
        windows: Sequence[dict[str, float]] = () if lost else await self._windows()
        saves: list[KnownSave] = []
        for row in reversed(rows):
            if row["kind"] in SAVING and not any(w["before"] <= row["at"] <= w["noticed"] for w in windows):
                kind = StepKind(row["kind"])
                saves.append(KnownSave(row["at"], row["plan"], row["layout"], kind, row, self._rows))
        return saves

    def _said(self, before: float, changes: int) -> str:
        moment = datetime.fromtimestamp(before, UTC).astimezone(self._database.calendar.zone)
        return say_count(
            "FileMaker was restored to before %(moment)s (%(zone)s); %(count)s change made here is gone.",
            "FileMaker was restored to before %(moment)s (%(zone)s); %(count)s changes made here are gone.",
            changes,
            moment=f"{moment:%A %Y-%m-%d %H:%M}",
            zone=self._database.calendar.zone_name,
        )
