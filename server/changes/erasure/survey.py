"""Where contents of one person are: looked for in everything that the state keeps sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...local.file_parts import FileParts
from ...local.state.state import Row, StateReader
from ...text.near_names import folded
from ..contents.plan_rows import LEFT_ITEMS, NEXT_ITEMS, PLANS, STEPS, PlanRows
from ..journal.entry_facts import facts_in
from ..journal.entry_image import image_text
from ..journal.journal_entry import WITH_IMAGES
from ..plans.codec import read
from ..plans.plan_seal import Seal
from .eraser import BY_RECORD
from .found_contents import Found
from .hold import Hold
from .kept_contents import KeptContents
from .linked_contents import Content, LinkedContents, Place
from .other_boxes import OtherBoxes, SeenFile
from .person import Person

AT_ONCE = 500


class Survey:
    """`layouts`: only contents of these (folded); jobs and held records then stay."""

    def __init__(
        self,
        seal: Seal,
        database: str,
        person: Person,
        holds: Sequence[Hold],
        parts: FileParts,
        layouts: Collection[str] = (),
    ) -> None:
        """`parts` read files that servers share; at the first look alone, which is outside of any transaction, from an object
        store too."""
        self._parts = parts
        self._seen_files: dict[str, SeenFile] = {}
        self._seal = seal
        self._database = database
        self._person = person
        self._holds = holds
        self._layouts = layouts
        self._rows = PlanRows(database, seal.contents)
        self._whole_holds = [str(hold) for hold in holds if hold.is_of_key_alone and person.has_key(hold.key)]
        """They hold all that is the person's, also where the key does not stand in it."""
        self._found = Found(records=set(person.records))
        self._contents = LinkedContents(person, holds, self._found.records)
        self._kept = KeptContents(seal, database, person, self._contents)
        self._plans_seen: set[str] = set()
        self._left_seen: set[Place] = set()
        self._up_to = 0
        """The last entry that was looked at."""

    async def look(self, reader: StateReader, now: float) -> Found:
        """Looked again, only what came since is opened."""
        found = self._found
        found.begin()
        await self._entries(reader)
        states = await self._plans(reader)
        await self._left(reader)
        if not self._layouts:
            await self._kept.look(reader, found)
        self._judge(states)
        if not self._layouts:
            boxes = OtherBoxes(
                self._seal,
                self._database,
                self._person,
                found,
                self._holds,
                self._parts,
                self._seen_files,
            )
            await boxes.look(reader)
            self._parts = self._parts.inside_alone()
        for plan in sorted(found.target.plans):
            state, expires = states[plan]
            if state == "applying":
                found.running.append(plan)
            elif state == "open" and expires > now:
                found.waiting.append(plan)
        return found

    async def _entries(self, reader: StateReader) -> None:
        while rows := await reader.rows(
            f"{WITH_IMAGES.replace('SELECT ', 'SELECT image.layout AS of_layout, ', 1)}"
            " WHERE image.gone IS NULL AND journal.database = ? AND journal.number > ? ORDER BY journal.number LIMIT ?",
            self._database, self._up_to, AT_ONCE,
        ):  # fmt: skip
            for row in rows:
                plan, by_record = str(row["plan"]), row["event"] in BY_RECORD
                self._plans_seen.discard(plan)  # its outcomes are new as well
                text = self._found.opened(lambda row=row: image_text(self._seal.contents, row))
                if text is not None:
                    self._contents.add(
                        text, str(row["of_layout"] or ""), _record_of(row), _place(row, "item") if by_record else None,
                        entry=int(row["number"]), plan=plan, at=float(row["at"]),
                    )  # fmt: skip
            self._up_to = int(rows[-1]["number"])

    async def _plans(self, reader: StateReader) -> dict[str, tuple[str, float]]:
        """State and end of each."""
        states: dict[str, tuple[str, float]] = {}
        for row in await reader.rows(f"{PLANS} WHERE plan.database = ?", self._database):
            plan = str(row["id"])
            states[plan] = str(row["state"]), float(row["expires"])
            if plan in self._plans_seen:
                continue
            self._plans_seen.add(plan)
            layouts: dict[int, str] = {}
            heading = self._found.opened(lambda row=row: self._rows.heading(row))
            texts: list[tuple[str, str]] = []
            for step in await reader.rows(f"{STEPS} WHERE plan = ?", plan):
                body = self._found.opened(lambda step=step: self._rows.step_text(step))
                layouts[int(step["number"])] = str(step["layout"])
                texts.append((str(step["layout"]), body or ""))
            texts.insert(0, (layouts.get(0, ""), heading or ""))
            for layout, text in texts:
                self._contents.add(text, layout, plan=plan, at=row["made"])
            start = (-1, -1)
            while items := await reader.rows(NEXT_ITEMS, plan, *start, AT_ONCE):
                for item in items:
                    self._item(item, layouts.get(int(item["step"]), ""), row["made"])
                start = int(items[-1]["step"]), int(items[-1]["number"])
        return states

    async def _left(self, reader: StateReader) -> None:
        """Of plans that are gone."""
        rows = await reader.rows(
            f"{LEFT_ITEMS} WHERE EXISTS (SELECT 1 FROM journal WHERE journal.plan = left_item.plan AND journal.database = ?)",
            self._database,
        )
        layouts = {each.place: each.layout for each in self._contents if each.entry}
        for row in rows:
            if (place := _place(row)) not in self._left_seen:
                self._left_seen.add(place)
                self._item(row, layouts.get(place, ""), 0.0)

    def _item(self, row: Row, layout: str, at: float) -> None:
        place = _place(row)
        for open_ in (self._rows.item_text, self._rows.outcome_text):
            text = self._found.opened(lambda open_=open_: open_(row))
            if text:
                told = read(text).get("record_id")
                self._contents.add(text, layout, str(told) if told else None, place, plan=place[0], at=at)

    def _judge(self, states: Mapping[str, tuple[str, float]]) -> None:
        found = self._found
        theirs = [each for each in self._contents if self._is_theirs(each)]
        for each in theirs:
            if each.plan in states:
                found.target.plans.add(each.plan)
            if each.place is not None:
                found.target.items.add(each.place)
            if each.entry:
                found.target.entries.add(each.entry)
                found.by_layout[each.layout] += 1
        kept = {id(each) for each in theirs}
        for each in self._contents:
            if each.entry and self._contents.names_key(each) and id(each) not in kept:
                found.others[each.layout] += 1
            if each.is_keyed:
                found.keyed.add(each.layout)
        for each in theirs:
            found.held_by.update({*self._contents.holds(each), *self._whole_holds})
        for each in self._contents:
            if each.plan in found.target.plans and (not each.entry or each.record is None):
                found.held_by.update(set(self._contents.holds(each)))

    def _is_theirs(self, each: Content) -> bool:
        return self._contents.is_theirs(each) and (not self._layouts or folded(each.layout) in self._layouts)


def _place(row: Row, number: str = "number") -> Place:
    return str(row["plan"]), int(row["step"]), int(row[number])


def _record_of(row: Row) -> str | None:
    record = facts_in(row).get("record")
    return str(record) if record else None
