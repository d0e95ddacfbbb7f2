"""Where contents of one person are: looked for in everything that the state keeps sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...local.state.state import Row, StateReader
from ...text.near_names import folded
from ..contents.plan_rows import ITEMS, PLANS, STEPS, PlanRows
from ..plans.codec import read, written
from ..plans.journal import WITH_IMAGES, image_text
from ..plans.plan_seal import Seal
from .found_contents import Found, Record
from .hold import Hold
from .other_boxes import OtherBoxes
from .person import Person
from .searched_text import SearchedText

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Content:
    """One box that was opened."""

    entry: int
    """0 for a part of a plan that is no entry."""
    plan: str
    layout: str
    record: Record | None
    is_theirs: bool
    """The person's own, or naming them."""
    holds: tuple[str, ...]


class Survey:
    """`layouts`: only contents of these (folded); jobs and held records then stay. `after` is an earlier survey: only what came
    since is opened."""

    def __init__(
        self, seal: Seal, database: str, person: Person, holds: Sequence[Hold], layouts: Collection[str] = ()
    ) -> None:
        self._seal = seal
        self._database = database
        self._person = person
        self._holds = holds
        self._layouts = layouts
        self._rows = PlanRows(database, seal.contents)
        self._whole_holds = [str(hold) for hold in holds if hold.is_of_key_alone and person.has_key(hold.key)]
        """They hold all that is the person's, also where the key does not stand in it."""
        self._contents: list[_Content] = []
        self._found = Found(records=set(person.records))

    async def look(self, reader: StateReader, now: float, after: Found | None = None) -> Found:
        found = self._found
        if after is not None:
            found.plans_seen, found.up_to = set(after.plans_seen), after.up_to
            found.target, found.records = after.target, found.records | after.records
        await self._entries(reader)
        states = await self._plans(reader)
        self._judge(states)
        if not self._layouts:
            await OtherBoxes(self._seal, self._database, self._person, found).look(reader)
        for plan in sorted(found.target.plans):
            state, expires = states.get(plan, ("", 0.0))
            if state == "applying":
                found.running.append(plan)
            elif state == "open" and expires > now:
                found.waiting.append(plan)
        return found

    async def _entries(self, reader: StateReader) -> None:
        while rows := await reader.rows(
            f"{WITH_IMAGES.replace('SELECT ', 'SELECT image.layout AS of_layout, ', 1)}"
            " WHERE image.gone IS NULL AND journal.database = ? AND journal.number > ? ORDER BY journal.number LIMIT ?",
            self._database, self._found.up_to, AT_ONCE,
        ):  # fmt: skip
            for row in rows:
                if (
                    text := self._found.opened(lambda row=row: image_text(self._seal.contents, row))
                ) is not None:
                    self._add(int(row["number"]), row, str(row["of_layout"] or ""), text, _record_of(row))
            self._found.up_to = int(rows[-1]["number"])

    async def _plans(self, reader: StateReader) -> dict[str, tuple[str, float]]:
        """State and end of each."""
        states: dict[str, tuple[str, float]] = {}
        for row in await reader.rows(f"{PLANS} WHERE plan.database = ?", self._database):
            plan = str(row["id"])
            states[plan] = str(row["state"]), float(row["expires"])
            if plan in self._found.plans_seen:
                continue
            self._found.plans_seen.add(plan)
            texts: dict[int, tuple[str, str]] = {}
            for step in await reader.rows(f"{STEPS} WHERE plan = ?", plan):
                body = self._found.opened(lambda step=step: self._rows.step_text(step))
                texts[int(step["number"])] = str(step["layout"]), body or ""
            heading = self._found.opened(lambda row=row: self._rows.heading(row))
            for layout, text in [*texts.values(), ("", heading or "")]:
                self._add(0, row, layout, text, None, plan=plan, at=row["made"])
            start = (-1, -1)
            while items := await reader.rows(
                f"{ITEMS} WHERE plan = ? AND (step > ? OR (step = ? AND number > ?)) ORDER BY step, number LIMIT ?",
                plan, start[0], start[0], start[1], AT_ONCE,
            ):  # fmt: skip
                for item in items:
                    self._item(row, item, texts.get(int(item["step"]), ("", ""))[0])
                start = int(items[-1]["step"]), int(items[-1]["number"])
        return states

    def _item(self, plan: Row, row: Row, layout: str) -> None:
        for text in (
            self._found.opened(lambda: self._rows.item_text(row)),
            self._found.opened(lambda: written(self._rows.outcome(row))),
        ):
            if text:
                record_id = read(text).get("record_id")
                self._add(
                    0, plan, layout, text, record_id and str(record_id), plan=str(plan["id"]), at=plan["made"]
                )

    def _add(
        self,
        entry: int,
        row: Row,
        layout: str,
        text: str,
        record_id: str | None,
        *,
        plan: str = "",
        at: float = 0.0,
    ) -> None:
        record = (folded(layout), record_id) if record_id else None
        told = SearchedText(text)
        own = self._person.is_record(layout, record_id, told)
        plan, at = (str(row["plan"]), float(row["at"])) if entry else (plan, at)
        holds = tuple(
            str(hold)
            for hold in self._holds
            if hold.keeps(plan=plan, layouts=[layout], at=at, text=told, person=self._person)
        )
        theirs = own or self._person.is_named(told)
        if own and record is not None:
            self._found.records.add(record)
        self._contents.append(_Content(entry, plan, layout, record, theirs, holds))

    def _judge(self, states: Mapping[str, tuple[str, float]]) -> None:
        found = self._found
        theirs = [self._is_theirs(each) for each in self._contents]
        for each, is_theirs in zip(self._contents, theirs, strict=True):
            if is_theirs and each.plan in states:
                found.target.plans.add(each.plan)
            if is_theirs and each.entry:
                found.target.entries.add(each.entry)
                found.by_layout[each.layout] += 1
        for each, is_theirs in zip(self._contents, theirs, strict=True):
            goes_along = each.plan in found.target.plans and (not each.entry or each.record is None)
            if is_theirs or goes_along:
                found.held_by.update({*each.holds, *(self._whole_holds if is_theirs else ())})

    def _is_theirs(self, each: _Content) -> bool:
        is_theirs = each.is_theirs or (each.record is not None and each.record in self._found.records)
        return is_theirs and (not self._layouts or folded(each.layout) in self._layouts)


def _record_of(row: Row) -> str | None:
    record = read(row["facts"]).get("record")
    return str(record) if record else None
