"""Plans as the state keeps them: stored whole, bound to their caller, each item sent at most once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress

from ...errors import InputError, NameUnknown
from ...local.keys.sealed_contents import DataKey
from ...local.state.state import Question, Row, State, StateReader, Transaction
from ...text.readable_id import random_letters, word_of
from ..consent.agreement_store import AgreementStore, Validity, caller_of
from ..contents.altered_plan import AlteredPlan, check_plan
from ..contents.plan_rows import NEXT_ITEMS, PIECE, PLANS, STEPS, PlanRows
from ..contents.staged_plan import files_of, give, staged
from ..contents.stored_steps import StoredStep, StoredSteps
from ..display.latest_plans import latest_plans
from ..files.kept_files import keyed_digest
from ..journal.repetition import SameChanges
from .plan import Plan, Who
from .plan_digest import digest_in_turns
from .plan_seal import Seal
from .plan_states import PlanStates
from .progress import Progress


class PlanStore:
    def __init__(
        self,
        state: State,
        database: str,
        seal: Seal,
        is_open: Callable[[str], bool] = lambda layout: True,
        validity: Validity | None = None,
    ) -> None:
        """`is_open` tells whether a layout may be named."""
        self._is_open = is_open
        self._state = state
        self.agreements = AgreementStore(state, database, seal, validity)
        self._seal = seal
        self.rows = PlanRows(database, seal.contents)
        self.same = SameChanges(database)
        self.states = PlanStates(state, database)
        self.database = database

    async def new_id(self, what: str, count: int, layout: str) -> str:
        """Readable, since a client's prompt may show nothing else: `edit-12-Tasks-k7f3`."""
        while True:
            name = f"{what}-{count}-{word_of(layout, 'layout')}-{random_letters(4)}"
            if await self._state.row("SELECT 1 FROM plan WHERE id = ?", name) is None:
                return name

    def staged(self, plan: Plan) -> AbstractAsyncContextManager[DataKey | None]:
        """Before `put`, around its transaction."""
        return staged(self._state, self.rows, plan, self._seal.of_plan(plan))

    async def put(
        self,
        transaction: Transaction,
        plan: Plan,
        asked: Question,
        *,
        replaces: str | None = None,
        key: DataKey | None = None,
    ) -> tuple[DataKey, Sequence[Row]]:
        """Keep a new plan; its key, and the answer to what is `asked` besides. `replaces` is the open plan that it extends, which
        is gone then. `key` is that of one that is `staged`. Raises InputError when something of that one was sent
        meanwhile."""
        if replaces is not None:
            untouched = await transaction.row(
                "SELECT 1 FROM plan WHERE id = ? AND state = 'open'"
                " AND NOT EXISTS (SELECT 1 FROM item WHERE plan = plan.id AND state <> 'open')",
                replaces,
            )
            if untouched is None:
                raise InputError(
                    f"{replaces} has been carried out, so nothing can be added to it",
                    advice="Plan without change_id.",
                )
            for table in ("item", "step", "file_use"):
                transaction.put(f"DELETE FROM {table} WHERE plan = ?", replaces)
            transaction.put("DELETE FROM plan WHERE id = ?", replaces)
        if key is None:
            made = await self.rows.put(transaction, plan, self._seal.of_plan(plan), asked)
        else:
            give(transaction, plan)
            (answered,) = await transaction.several(asked)
            made = (key, answered)
        transaction.put_many(
            "INSERT INTO file_use (plan, digest) VALUES (?, ?)",
            [(plan.id, keyed_digest(self._seal, plan.who.caller.id, digest)) for digest in files_of(plan)],
        )
        return made

    async def find(self, plan_id: str, who: Who) -> Progress:
        """The caller's own plan. Raises NameUnknown for any other, AlteredPlan for one that was altered."""
        row, steps, digest = await self._stored(plan_id)
        if row is None or caller_of(row) != who.caller:
            raise NameUnknown(
                "change",
                plan_id,
                near=await latest_plans(self._state, self.database, who, self._is_open),
                advice=await self._elsewhere(plan_id, who) + "list_changes shows them.",
            )
        if row["digest"] != self._seal.of_digest(digest):
            raise AlteredPlan(plan_id)
        return await self._progress(row, steps)

    async def open(self) -> None:
        """Before `digest_of`."""
        if not self._seal.is_ready:
            await self._state.row("SELECT 1 AS there")

    async def digest_of(self, *values: object) -> str:
        """Keyed: a plain digest over contents could be guessed."""
        return self._seal.of_digest(await digest_in_turns(*values))

    async def latest(self, who: Who) -> str | None:
        """The caller's latest change that did something and was not taken back."""
        row = await self._state.row(
            "SELECT plan.id FROM plan JOIN item ON item.plan = plan.id AND item.state = 'done'"
            " WHERE database = ? AND caller = ? AND account = ? AND plan.state NOT IN ('undone') AND plan.undoes = ''"
            " ORDER BY (SELECT MAX(number) FROM journal WHERE journal.plan = plan.id) DESC LIMIT 1",
            self.database, who.caller.id, who.caller.account,
        )  # fmt: skip
        return row["id"] if row else None

    async def recent(self, who: Who, limit: int) -> list[Progress | str]:
        """Of one that was altered its id alone."""
        rows = await self._state.rows(
            "SELECT id FROM plan WHERE database = ? AND caller = ? AND account = ? ORDER BY made DESC LIMIT ?",
            self.database, who.caller.id, who.caller.account, limit,
        )  # fmt: skip
        found: list[Progress | str] = []
        for row in rows:
            try:
                with suppress(NameUnknown):  # it is gone since: replaced by another, or too old
                    found.append(await self.find(row["id"], who))
            except AlteredPlan:
                found.append(str(row["id"]))
        return found

    async def waiting_like(self, fingerprint: str, who: Who, now: float) -> Progress | None:
        """The caller's latest plan with the same content that has not begun, nor expired."""
        row = await self._state.row(
            f"{PLANS} WHERE fingerprint = ? AND plan.database = ? AND caller = ? AND account = ? AND state = 'open'"
            " AND expires > ? ORDER BY approved_by = '', made DESC LIMIT 1",
            fingerprint, self.database, who.caller.id, who.caller.account, now,
        )  # fmt: skip
        with suppress(AlteredPlan):
            return await self._progress(row, (await self._stored(row["id"]))[1]) if row else None
        return None

    async def keys(
        self, reader: StateReader, plan: str, places: Collection[tuple[int, int]]
    ) -> Mapping[tuple[int, int], DataKey]:
        """By which the contents of items are sealed."""
        question, values = self.rows.key_question(plan, places)
        return self.rows.keys(await reader.rows(question, *values))

    async def open_progress(self, plan_id: str, *, unread: bool = False) -> Progress:
        """Any caller's plan, for settling and for a person who approves; `unread` as `StoredSteps` takes it."""
        row, steps, _ = await self._stored(plan_id, unread)
        if row is None:
            raise NameUnknown("change", plan_id)
        return await self._progress(row, steps)

    async def _elsewhere(self, plan_id: str, who: Who) -> str:
        """Says it where the caller planned it for another host or file."""
        row = await self._state.row("SELECT caller, account FROM plan WHERE id = ?", plan_id)
        if row is None or caller_of(row).id != who.caller.id:
            return ""
        return "It was planned for another database, and is carried out nowhere else. "

    async def _stored(self, plan_id: str, unread: bool = False) -> tuple[Row | None, list[StoredStep], str]:
        """The plan, its steps with their items, and the digest of their texts. Read in pieces, of which one is held as text."""
        plans, steps, rows = await self._state.several(
            (f"{PLANS} WHERE plan.id = ? AND plan.database = ?", (plan_id, self.database)),
            (f"{STEPS} WHERE plan = ? ORDER BY number", (plan_id,)),
            (NEXT_ITEMS, (plan_id, -1, -1, PIECE)),
        )
        plan = next(iter(plans), None)
        if plan is None:
            return None, [], ""
        check_plan(plan, steps)
        found = StoredSteps(self.rows, steps, self.database, str(plan["caller"]), unread=unread)
        while (last := await found.add(rows)) is not None:
            rows = await self._state.rows(NEXT_ITEMS, plan_id, *last, PIECE)
        return plan, found.steps, found.digest()

    async def _progress(self, row: Row, stored: Sequence[StoredStep]) -> Progress:
        plan = Plan(
            id=row["id"],
            database=row["database"],
            who=Who(caller_of(row), row["client"]),
            made=row["made"],
            expires=row["expires"],
            steps=tuple(step.whole for step in stored),
            heading=self.rows.heading(row),
            digest=row["digest"],
            fingerprint=row["fingerprint"],
            undoes=row["undoes"],
        )
        approved = await self.agreements.approval_now(row, plan)
        outcomes = tuple(step.outcomes for step in stored)
        return Progress(plan, row["state"], row["runner"], approved, self._seal.covers(row, plan), outcomes)
