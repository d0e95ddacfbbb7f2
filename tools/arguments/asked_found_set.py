"""The found set that a question is about, and how an answer speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

from ...server.criteria import habits
from ...server.criteria.targets import Target, target
from ...server.errors import InputError
from ...server.jobs.job import Report
from ...server.notes.question_words import Wording
from ...server.query.found_sets.found_set import FoundSet
from ...server.query.found_sets.left_out import notes_on
from ...server.query.found_sets.page_reader import Progress
from ...server.text.sentence import say
from .._call import Answer, Call
from .find_cost import costs


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
        if slow := await costs(call, found):
            answer["slow"] = [str(each) for each in slow]
        if hints := habits.hints(self.where, found.layout, nothing_found=not counts.get("found")):
            answer["hints"] = list(hints)
        return answer

    async def notes(self, call: Call, *, counting: bool = True) -> list[str]:
        """The owner's notes that the answer rests on, in words."""
        on_records = await notes_on(call.database, self.found_set, counting=counting)
        return list(dict.fromkeys([*on_records, *self.wording.said, *self.found_set.criteria.remarks]))

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
        await report(
            done,
            total,
            say("%(count)s records read", count=done)
            if total is None
            else say("%(count)s of %(total)s records read", count=done, total=total),
        )

    return progress
