"""Which scripts ran, with which parameter and for which record: a digest of each, kept longer than plans and journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...local.state.state import State, StateReader, Transaction
from ...text.sentence import Sentence, say
from ..plans.item import Item, Values
from ..plans.outcome import ItemState
from ..plans.plan import Who
from ..plans.plan_answers import moment
from ..plans.plan_digest import digest_of
from ..plans.plan_seal import Seal
from ..plans.step import Step

COUNTING = (ItemState.SENT.value, ItemState.DONE.value, ItemState.UNKNOWN.value)
"""A run that FileMaker or the script refused may be asked for again."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    at: float
    plan: str
    """The change that ran it; empty where that is another caller's."""
    state: str

    @property
    def when(self) -> Sentence:
        """When and by which change, as part of a sentence."""
        at = moment(self.at)
        when = (
            say("at %(moment)s as %(plan)s", moment=at, plan=self.plan)
            if self.plan
            else say("at %(moment)s, asked for by somebody else", moment=at)
        )
        match self.state:
            case "sent":
                return say("%(when)s and may still be running", when=when)
            case "unknown":
                return say("%(when)s with an outcome that is not known", when=when)
            case _:
                return when


class ScriptLog:
    """The runs of one database."""

    def __init__(self, state: State, database: str, seal: Seal, *, now: Callable[[], float]) -> None:
        self._state = state
        self._seal = seal
        self._database = database
        self._now = now

    async def earlier(
        self, step: Step, item: Item, who: Who, window: float | None, reader: StateReader | None = None
    ) -> EarlierRun | None:
        """The same script with the same parameter for the same record, within the last `window` seconds (None: ever).

        A run without a record has nothing but its parameter to be known by, so it is compared with any record's.
        """
        since = 0.0 if window is None else self._now() - window
        rows = await (reader or self._state).rows(
            "SELECT * FROM script_run WHERE database = ? AND run = ? AND at >= ? AND state IN (?, ?, ?)"
            " AND (record = ? OR record = '' OR ? = '')"
            # what reached outside is done, whatever the host has lost
            " AND (effect = 'reaches_outside' OR NOT EXISTS (SELECT 1 FROM restoration"
            " WHERE database = script_run.database AND script_run.at BETWEEN before AND noticed)) ORDER BY at DESC",
            self._database, self._seal.of_digest(run_digest(step, item)), since, *COUNTING, item.record_id or "", item.record_id or "",
        )  # fmt: skip
        marks = self._marks(item)
        for row in rows:
            known: Mapping[str, str] = json.loads(row["marks"])
            if all(known[name] == digest for name, digest in marks.items() if name in known):
                return EarlierRun(
                    row["at"],
                    row["plan"]
                    if (row["caller"], row["account"]) == (who.caller.id, who.caller.account)
                    else "",
                    row["state"],
                )
        return None

    def enter(
        self, transaction: Transaction, plan: str, s: int, i: int, step: Step, item: Item, who: Who
    ) -> None:
        """Before the run goes out, in the transaction that claims it."""
        transaction.put(
            "INSERT INTO script_run (database, run, record, marks, at, caller, account, plan, step, item, effect, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (plan, step, item) DO UPDATE SET run = excluded.run,"
            " record = excluded.record, marks = excluded.marks, at = excluded.at, state = excluded.state",
            self._database, self._seal.of_digest(run_digest(step, item)), item.record_id or "",
            json.dumps(self._marks(item), sort_keys=True), self._now(), who.caller.id, who.caller.account, plan, s, i,
            step.effect, ItemState.SENT.value,
        )  # fmt: skip

    def _marks(self, item: Item) -> dict[str, str]:
        return {name: self._seal.of_digest(digest) for name, digest in digests(item.marks).items()}

    def settle(self, transaction: Transaction, plan: str, s: int, i: int, state: ItemState) -> None:
        transaction.put(
            "UPDATE script_run SET state = ? WHERE plan = ? AND step = ? AND item = ?",
            state.value,
            plan,
            s,
            i,
        )


def question_in(text: str | None) -> object:
    """What a parameter says, however its JSON is spaced and its names are ordered; any other text as it is."""
    if text is None or not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return {"json": json.dumps(json.loads(text), sort_keys=True)}
    except (ValueError, RecursionError):
        return text


def run_digest(step: Step, item: Item) -> str:
    """Of script and parameter; where the parameter says nothing of the record, of the record's table too."""
    table = (step.occurrence or step.layout) if item.stands_on else ""
    return digest_of(step.script.casefold(), question_in(item.parameter), table)


def digests(marks: Values) -> dict[str, str]:
    return {name: digest_of(str(value)) for name, value in marks.items()}
