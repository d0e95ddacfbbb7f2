"""Plans as rows: what has to be asked of them in plain columns, all that tells of contents in sealed boxes.

The heading and the steps are sealed by a key of the plan, each item by the key of its record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...local.keys.sealed_contents import JOINED, Contents, DataKey, place_of
from ...local.state.state import Question, Row, Transaction
from ...text.near_names import folded
from ..plans.codec import StoredDigest, read_item, read_outcome, read_step, step_body, written
from ..plans.plan import Item, ItemState, Outcome, Plan, Step

PLANS, STEPS, ITEMS = (
    f"SELECT {table}.*, {JOINED} FROM {table} LEFT JOIN data_key ON data_key.id = {table}.key"
    for table in ("plan", "step", "item")
)
PIECE = 200
"""Items that are written or read at a time."""
NEXT_ITEMS = (
    f"{ITEMS} WHERE plan = ? AND (step > ? OR (step = ? AND number > ?)) ORDER BY step, number LIMIT ?"
)
Place = tuple[int, int]
"""Step and number of an item."""


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
        contents, own, answered = self._contents, None, list[Row]()
        for s, step in enumerate(plan.steps):
            for start in range(0, max(1, len(step.items)), PIECE):
                items = {
                    (plan.id, s, start + i): item for i, item in enumerate(step.items[start : start + PIECE])
                }
                subjects = {
                    place: subject_of(plan.id, place[1:], step.layout, item.record_id)
                    for place, item in items.items()
                }
                questions = contents.wanted(self._database, subjects.values())
                if own is None:
                    answered, *known = await transaction.several(asked, *questions)
                    own = contents.new_key(transaction, self._database, f"plan {plan.id}")
                    self._put_plan(transaction, plan, seal, own)
                else:
                    known = await transaction.several(*questions)
                if not start:
                    self._put_step(transaction, (plan.id, s), step, own)
                keys = contents.keys(
                    transaction, self._database, subjects.values(), (row for rows in known for row in rows)
                )
                self._put_items(
                    transaction, items, {place: keys[subject] for place, subject in subjects.items()}
                )
        if own is None:
            raise ValueError("a plan without a step")
        return own, answered

    def _put_plan(self, transaction: Transaction, plan: Plan, seal: str, own: DataKey) -> None:
        transaction.put(
            "INSERT INTO plan (id, database, caller, account, client, made, expires, heading, digest, fingerprint, state,"
            " undoes, seal, key, box) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, 'open', ?, ?, ?, ?)",
            plan.id, plan.database, plan.who.caller.id, plan.who.caller.account, plan.who.client, plan.made, plan.expires,
            plan.digest, plan.fingerprint, plan.undoes, seal, own.id,
            self._contents.seal_text(own, plan.heading, place_of("plan", "box", plan.id)),
        )  # fmt: skip

    def _put_step(self, transaction: Transaction, place: tuple[str, int], step: Step, own: DataKey) -> None:
        transaction.put(
            "INSERT INTO step (plan, number, body, kind, layout, runbook, key, box) VALUES (?, ?, '', ?, ?, ?, ?, ?)",
            *place, step.kind.value, step.layout, step.runbook, own.id,
            self._contents.seal_text(own, step_body(step), place_of("step", "box", *place)),
        )  # fmt: skip

    def _put_items(
        self,
        transaction: Transaction,
        items: Mapping[tuple[str, int, int], Item],
        keys: Mapping[tuple[str, int, int], DataKey],
    ) -> None:
        transaction.put_many(
            "INSERT INTO item (plan, step, number, body, state, takes_back, writes, key, box)"
            " VALUES (?, ?, ?, '', 'open', ?, ?, ?, ?)",
            [
                (
                    *place,
                    taken_back(item),
                    item.writes,
                    keys[place].id,
                    self._sealed(keys[place], place, item),
                )
                for place, item in items.items()
            ],
        )

    def _sealed(self, key: DataKey, place: tuple[str, int, int], item: Item) -> bytes:
        return self._contents.seal_text(key, written(item), place_of("item", "box", *place))

    def set_outcome(
        self, transaction: Transaction, place: tuple[str, int, int], outcome: Outcome, key: DataKey
    ) -> None:
        box = self._contents.seal_text(key, written(outcome), place_of("item", "outcome_box", *place))
        transaction.put(
            "UPDATE item SET state = ?, outcome_box = ? WHERE plan = ? AND step = ? AND number = ?",
            outcome.state.value, box, *place,
        )  # fmt: skip

    def key_question(self, plan: str, places: Collection[Place]) -> Question:
        """Asks for the keys of items."""
        pairs = ", ".join("(?, ?)" for _ in places)
        return (
            f"SELECT item.step, item.number, {JOINED} FROM item JOIN data_key ON data_key.id = item.key"
            f" WHERE item.plan = ? AND (item.step, item.number) IN (VALUES {pairs})",
            (plan, *(number for place in places for number in place)),
        )

    def keys(self, rows: Iterable[Row]) -> Mapping[Place, DataKey]:
        """The answer to `key_question`."""
        return {(int(row["step"]), int(row["number"])): self._contents.key(row) for row in rows}

    def step_text(self, row: Row) -> str:
        """Of a row of `STEPS`, as it was written."""
        return self._contents.text(row, row["box"], place_of("step", "box", row["plan"], row["number"]))

    def item_text(self, row: Row) -> str:
        """Of a row of `ITEMS`, as it was written."""
        return self._contents.text(
            row, row["box"], place_of("item", "box", row["plan"], row["step"], row["number"])
        )

    def heading(self, row: Row) -> str:
        """Of a row of `PLANS`."""
        return self._contents.text(row, row["box"], place_of("plan", "box", row["id"]))

    def item(self, row: Row) -> Item:
        return read_item(self.item_text(row))

    def outcome(self, row: Row) -> Outcome:
        if row["outcome_box"] is None:
            return Outcome(ItemState(row["state"]))
        place = place_of("item", "outcome_box", row["plan"], row["step"], row["number"])
        return read_outcome(self._contents.text(row, row["outcome_box"], place), row["state"])


@dataclass(slots=True)
class StoredStep:
    text: str
    items: list[Item] = field(default_factory=list[Item])
    outcomes: list[Outcome] = field(default_factory=list[Outcome])

    @property
    def whole(self) -> Step:
        return read_step(self.text, tuple(self.items))


class StoredSteps:
    """The steps of a plan, filled with their items piece by piece, of which one is held as text; and the digest of all texts."""

    def __init__(self, rows: PlanRows, steps: Sequence[Row], database: str, caller: str) -> None:
        self._rows = rows
        self.steps = [StoredStep(rows.step_text(row)) for row in steps]
        self._digest = StoredDigest(database, caller)
        self._begun = 0

    def add(self, items: Sequence[Row]) -> tuple[int, int] | None:
        """The next ones. Step and number of the last, as long as there may be more."""
        is_last = len(items) < PIECE
        end = len(self.steps) if is_last else int(items[-1]["step"]) + 1
        for s in range(max(self._begun - 1, 0), end):
            if s >= self._begun:
                self._digest.step(self.steps[s].text)
            self._fill(self.steps[s], [row for row in items if row["step"] == s])
        self._begun = end
        return None if is_last else (end - 1, int(items[-1]["number"]))

    def _fill(self, step: StoredStep, rows: Sequence[Row]) -> None:
        texts = [self._rows.item_text(row) for row in rows]
        self._digest.items(texts)
        step.items += map(read_item, texts)
        step.outcomes += map(self._rows.outcome, rows)

    def digest(self) -> str:
        return self._digest.end()
