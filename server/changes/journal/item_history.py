"""What the journal tells of the items of a plan, held against the states that stand beside them.

A state and its entry are written in one transaction, so that they never differ. Entries are bound by keyed digests and states are
not: where the two differ, another program set the state, and an item set back to open would be sent again.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...local.state.state import Question, Row, StateReader
from ..contents.altered_plan import AlteredPlan
from .entry_facts import fact
from .journal_chain import Chain

OF_ITEMS = "event IN ('attempt', 'outcome', 'settled')"
TOLD = f"CASE event WHEN 'attempt' THEN 'sent' ELSE COALESCE({fact('state', 'journal.facts')}, 'done') END"
"""The state in which an entry leaves its item. A file that was let out has none in its facts."""
LATEST = (
    "(SELECT MAX(number) AS number FROM journal WHERE {where} AND " + OF_ITEMS + " GROUP BY plan, step, item)"
)
OTHERWISE = (
    f"SELECT journal.*, taken_over.tag, item.state <> {TOLD} AS differs FROM {LATEST} AS latest"
    " JOIN journal ON journal.number = latest.number JOIN item ON item.plan = journal.plan"
    " AND item.step = journal.step AND item.number = journal.item"
    " LEFT JOIN taken_over ON taken_over.number = journal.number"
    f" WHERE item.state <> {TOLD} OR item.state = 'open'"
)
"""Entries that tell of another state than the item's; and of items that are open again, which hangs on what the entry says."""
UNTOLD = (
    "SELECT DISTINCT item.plan FROM item JOIN step ON step.plan = item.plan AND step.number = item.step"
    " WHERE {where} AND item.state <> 'open' AND step.kind <> 'export' AND NOT EXISTS (SELECT 1 FROM journal"
    f" WHERE journal.plan = item.plan AND journal.step = item.step AND journal.item = item.number AND {OF_ITEMS})"
)
"""Plans with items of which something is said to have become, and no entry says so."""


class ItemHistory:
    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def question(self, plan: str) -> Question:
        """Asks for what `check` takes: nothing, for a plan that was never begun. One statement, so that it needs no transaction."""
        return OTHERWISE.format(where="plan = ?"), (plan,)

    def check(self, plan: str, rows: Sequence[Row]) -> None:
        """Raises AlteredPlan where an item is in another state than the journal tells."""
        if any(map(self._is_otherwise, rows)):
            raise AlteredPlan(plan)

    async def look(self, plan: str, reader: StateReader) -> None:
        """As `check`, and also where an item has an outcome of which no entry tells."""
        question, values = self.question(plan)
        self.check(plan, await reader.rows(question, *values))
        if await reader.row(UNTOLD.format(where="item.plan = ?"), plan) is not None:
            raise AlteredPlan(plan)

    async def altered(self, reader: StateReader) -> list[str]:
        """The plans of every database in which an item is in another state than the journal tells."""
        rows = await reader.rows(OTHERWISE.format(where="plan <> ''"))
        untold = await reader.rows(UNTOLD.format(where="item.plan <> ''"))
        found = [row for row in rows if self._is_otherwise(row)]
        return sorted({str(row["plan"]) for row in (*found, *untold)})

    def _is_otherwise(self, row: Row) -> bool:
        return bool(row["differs"]) or not self._chain.is_as_written(row)
