"""What a reading tool was asked: layout and criteria, or a found set of an earlier answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..server.criteria import habits
from ..server.criteria.targets import Target, target
from ..server.dataapi.models import LayoutMeta
from ..server.errors import InputError
from ..server.jobs.job import Report
from ..server.notes.noted_question import question
from ..server.notes.question_words import Wording
from ..server.query.found_sets.found_set import FoundSet
from ..server.query.found_sets.left_out import notes_on
from ..server.query.found_sets.page_reader import Progress
from ..server.query.found_sets.sort_keys import sort_keys
from ..server.query.summary.group_records import EXAMPLE, members
from ._call import Answer, Call


@dataclass(frozen=True)
class Asked:
    """The found set in question, and how to speak of it."""

    found_set: FoundSet
    progress: Progress
    wording: Wording
    """Reads names and words of this question as the owner's notes have them."""
    where: object = None
    """Criteria as they were written in this question."""

    @property
    def sort_targets(self) -> list[Target]:
        return [target(self.found_set.layout, key.field) for key in self.found_set.sort]

    async def heading(self, call: Call, *, counting: bool = True, **counts: int) -> Answer:
        """How every answer about records begins. Without `counting` nothing is asked of the host for it."""
        found = self.found_set
        answer: Answer = {"layout": found.layout.name, **counts, "understood": found.criteria.understood}
        if found.criteria.today is not None:
            answer["today"] = found.criteria.today
        if notes := await self.notes(call, counting=counting):
            answer["notes"] = notes
        if hints := habits.hints(self.where, found.layout, nothing_found=not counts.get("found")):
            answer["hints"] = list(hints)
        return answer

    async def notes(self, call: Call, *, counting: bool = True) -> list[str]:
        """The owner's notes that the answer rests on, in words."""
        on_records = await notes_on(call.database, self.found_set, counting=counting)
        return list(dict.fromkeys([*on_records, *self.wording.said]))

    def narrowed(self, call: Call, where: object) -> Asked:
        """The same with further criteria."""
        old = self.found_set
        if old.is_group:
            raise InputError(
                "A measure that the owner defined over certain records cannot be taken of one group",
                advice="Ask for it with layout and criteria.",
            )
        asked = old.question.narrowed(where)
        criteria = asked.criteria(old.layout, call.database.calendar)
        found = FoundSet(old.layout, asked, criteria, old.sort, notes=old.notes)
        return Asked(found, self.progress, self.wording, self.where)


def counted(report: Report) -> Progress:
    """Tells how many records were read."""

    async def progress(done: int, total: int | None) -> None:
        await report(done, total, f"{done:,} of {total or 0:,} records read")

    return progress


async def asked(
    call: Call,
    layout: str | None,
    where: object,
    omit: object,
    found_set: str | None,
    sort: Sequence[str | dict[str, str]],
    group: Mapping[str, object] | None = None,
) -> Asked:
    """Raises InputError when both or neither is given, and as `understand`, `members` and `sort_keys` do."""

    if found_set is not None:
        if layout is not None or where is not None or omit is not None:
            raise InputError(
                "Give a found_set, or layout and criteria, not both",
                advice=f"For one group of a summary add group: {EXAMPLE}.",
            )
        held = call.found_sets.get(found_set, call.caller)
        now = await call.database.layout(held.layout.name)
        if (now.fields, now.portals) != (held.layout.fields, held.layout.portals):
            raise InputError(
                f"The fields of {now.name!r} changed since this found set was made",
                advice="Ask again with layout and criteria.",
            )
        wording = _wording(call, held.layout)
        if group is not None:
            held = members(held, group, call.database.calendar, wording.spellings)
        keys = sort_keys(held.layout, wording.sort(sort))
        return Asked(held.sorted_by(keys) if sort else held, counted(call.progress), wording)
    if group is not None:
        raise InputError("group needs the found_set of a summary", advice="For conditions use where.")
    if layout is None:
        raise InputError("Give a layout (list_layouts names them) or a found_set")
    meta = await call.database.layout(own := await call.layout_called(layout))
    wording = _wording(call, meta)
    if own != layout:
        wording.said[f"{layout!r} is the layout {own!r}"] = None
    calendar = call.database.calendar
    meant = question(wording, where, omit, calendar)
    found = FoundSet(meta, meant, meant.criteria(meta, calendar), sort_keys(meta, wording.sort(sort)))
    found.notes = tuple(wording.said)
    return Asked(found, counted(call.progress), wording, where)


def _wording(call: Call, meta: LayoutMeta) -> Wording:
    notes = call.database.notes
    return Wording(notes.of(meta.name), meta, notes.source)
