"""Plans as rows: what has to be asked of them in plain columns, all that tells of contents in sealed boxes.

The heading and the steps are sealed by a key of the plan, each item by the key of its record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_contents import JOINED, Contents, DataKey, place_of
from ...local.state.state import Question, Row, Transaction
from ...text.kept_sentences import kept, told
from ...text.near_names import folded
from ..plans.codec import read_item, read_outcome, step_body, texts_of, written
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Plan
from ..plans.step import Step
from ..unhurried import Pace
from .altered_plan import AlteredPlan

PLANS, STEPS, ITEMS = (
    f"SELECT {columns}, {JOINED} FROM {table} LEFT JOIN data_key ON data_key.id = {table}.key"
    for table, columns in (("plan", "plan.*"), ("step", "step.*"), ("item", "item.*"))
)
LEFT_ITEMS = f"SELECT left_item.*, {JOINED} FROM left_item LEFT JOIN data_key ON data_key.id = left_item.key"
"""Of plans that are gone, as long as contents of theirs stay: they tell whose those are. Read as rows of `ITEMS`."""
PIECE = 200
"""Items that are written or read at a time."""
NEXT_ITEMS = f"{ITEMS} WHERE plan = ? AND (step, number) > (?, ?) ORDER BY step, number LIMIT ?"
Place = tuple[int, int]
"""Step and number of an item."""
Piece = list[tuple[tuple[str, int, int], Item, str]]
"""Items with their places, of a plan, and their texts."""


def subject_of(plan: str, place: Place, layout: str, record_id: str | None) -> str:
    """Whose contents an item holds: those of a record, or of one that does not exist yet."""
    return f"record {folded(layout)} {record_id}" if record_id else f"item {plan} {place[0]} {place[1]}"


def taken_back(item: Item) -> str | None:
    """(step, item) of the change that it takes back, as a text that can be compared."""
    return None if item.takes_back is None else written(item.takes_back)


class PlanRows:
    """Of one database."""

    def __init__(self, database: str, contents: Contents) -> None:
        self._database = database
        self._contents = contents

    async def put(
        self, transaction: Transaction, plan: Plan, seal: str, asked: Question
    ) -> tuple[DataKey, Sequence[Row]]:
        """A new plan with its steps and items; the key of the plan, and what was `asked` besides, in the same way there."""
        pieces = self.pieces(plan)
        first = next(pieces, Piece())
        subjects = _subjects(plan, first)
        questions = self._contents.wanted(self._database, subjects.values())
        answered, *known = await transaction.several(asked, *questions)
        own = self.begin(transaction, plan, seal, plan.database, plan.who.caller.id)
        await self._put_items(transaction, first, subjects, known)
        for piece in pieces:
            await self.put_piece(transaction, plan, piece)
        return own, answered

    def begin(self, transaction: Transaction, plan: Plan, seal: str, database: str, caller: str) -> DataKey:
        """A new plan with its steps and no items yet, under the names by which it is found; its key."""
        own = self._contents.new_key(transaction, self._database, f"plan {plan.id}")
        transaction.put(
            "INSERT INTO plan (id, database, caller, account, client, made, expires, heading, digest, fingerprint, state,"
            " undoes, seal, key, box) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, 'open', ?, ?, ?, ?)",
            plan.id, database, caller, plan.who.caller.account, plan.who.client, plan.made, plan.expires,
            plan.digest, plan.fingerprint, plan.undoes, seal, own.id,
            self._contents.seal_text(own, kept(plan.heading), place_of("plan", "box", plan.id)),
        )  # fmt: skip
        for number, step in enumerate(plan.steps):
            self._put_step(transaction, (plan.id, number), step, own)
        return own

    def pieces(self, plan: Plan) -> Iterator[Piece]:
        """Of all its items, with the text of each."""
        for number, step in enumerate(plan.steps):
            pairs = enumerate(zip(step.items, texts_of(step.items), strict=True))
            while piece := [((plan.id, number, i), item, text) for i, (item, text) in islice(pairs, PIECE)]:
                yield piece

    async def put_piece(self, transaction: Transaction, plan: Plan, piece: Piece) -> None:
        subjects = _subjects(plan, piece)
        questions = self._contents.wanted(self._database, subjects.values())
        await self._put_items(transaction, piece, subjects, await transaction.several(*questions))

    def _put_step(self, transaction: Transaction, place: tuple[str, int], step: Step, own: DataKey) -> None:
        transaction.put(
            "INSERT INTO step (plan, number, body, kind, layout, runbook, key, box) VALUES (?, ?, '', ?, ?, ?, ?, ?)",
            *place, step.kind.value, step.layout, step.runbook, own.id,
            self._contents.seal_text(own, step_body(step), place_of("step", "box", *place)),
        )  # fmt: skip

    async def _put_items(
        self,
        transaction: Transaction,
        piece: Piece,
        subjects: Mapping[tuple[str, int, int], str],
        known: Sequence[Sequence[Row]],
    ) -> None:
        pace = Pace()
        keys = self._contents.keys(
            transaction, self._database, subjects.values(), (row for rows in known for row in rows)
        )
        values: list[tuple[object, ...]] = []
        for place, item, text in piece:
            await pace.turn()
            key = keys[subjects[place]]
            box = self._contents.seal_text(key, text, place_of("item", "box", *place))
            values.append((*place, taken_back(item), item.writes, key.id, box))
        transaction.put_many(
            "INSERT INTO item (plan, step, number, body, state, takes_back, writes, key, box)"
            " VALUES (?, ?, ?, '', 'open', ?, ?, ?, ?)",
            values,
        )

    def set_outcome(
        self, transaction: Transaction, place: tuple[str, int, int], outcome: Outcome, key: DataKey
    ) -> None:
        box = self._contents.seal_text(key, written(outcome), place_of("item", "outcome_box", *place))
        transaction.put(
            "UPDATE item SET state = ?, outcome_box = ? WHERE plan = ? AND step = ? AND number = ?",
            outcome.state.value, box, *place,
        )  # fmt: skip

    def key_question(self, plan: str, places: Collection[Place]) -> Question:
        """Asks for the keys of items. Each is looked up by itself: SQLite would look at every item of the plan for `IN`."""
        pairs = ", ".join("(?, ?)" for _ in places)
        return (
            f"WITH wanted (step, number) AS (VALUES {pairs}) SELECT item.step, item.number, {JOINED}"
            " FROM wanted CROSS JOIN item JOIN data_key ON data_key.id = item.key"
            " WHERE item.plan = ? AND item.step = wanted.step AND item.number = wanted.number",
            (*(number for place in places for number in place), plan),
        )

    def keys(self, rows: Iterable[Row]) -> Mapping[Place, DataKey]:
        """The answer to `key_question`."""
        return {(int(row["step"]), int(row["number"])): self._contents.key(row) for row in rows}

    def step_text(self, row: Row) -> str:
        """Of a row of `STEPS`, as it was written. Raises AlteredPlan, as all that read here."""
        return self._text(row, row["box"], place_of("step", "box", row["plan"], row["number"]))

    def item_text(self, row: Row) -> str:
        """Of a row of `ITEMS`, as it was written."""
        return self._text(row, row["box"], place_of("item", "box", row["plan"], row["step"], row["number"]))

    def heading(self, row: Row) -> str:
        """Of a row of `PLANS`."""
        return told(self._text(row, row["box"], place_of("plan", "box", row["id"])))

    def _text(self, row: Row, box: object, place: tuple[str, ...]) -> str:
        try:
            return self._contents.text(row, box, place)
        except BrokenBox:
            raise AlteredPlan(place[2]) from None

    def item(self, row: Row) -> Item:
        return read_item(self.item_text(row))

    def outcome(self, row: Row) -> Outcome:
        text = self.outcome_text(row)
        return read_outcome(text, row["state"]) if text else Outcome(ItemState(row["state"]))

    def outcome_text(self, row: Row) -> str:
        """As it was written; empty where there is only the state."""
        if row["outcome_box"] is None:
            return ""
        place = place_of("item", "outcome_box", row["plan"], row["step"], row["number"])
        return self._text(row, row["outcome_box"], place)


def _subjects(plan: Plan, piece: Piece) -> dict[tuple[str, int, int], str]:
    return {
        place: subject_of(plan.id, place[1:], plan.steps[place[1]].layout, item.record_id)
        for place, item, _ in piece
    }
