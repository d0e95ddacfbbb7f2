"""What a run of a runbook would do: its found set, checked record by record. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..changes.change_desk import Changes
from ..changes.plans.labels import label_of
from ..changes.plans.plan import Who
from ..changes.plans.step import Step
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import Record
from ..database.conversion import unknown_field
from ..database.database import Database
from ..notes.noted_question import question
from ..notes.question_words import Wording
from ..policy import key_of
from ..query.found_sets.found_set import FoundSet
from ..scripts.run_steps import record_step
from ..scripts.script_desk import Scripting
from ..text.facts import Facts
from .runbook import Check, Runbook

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RunbookDraft:
    """What a run would do."""

    steps: tuple[Step, ...]
    review: tuple[str, ...] = ()
    """Records for a person, each with its reason."""
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the owner leaves out by default, in words."""
    already: tuple[str, ...] = ()
    """Records that are as wanted, or for which it was run, in words."""

    @property
    def records(self) -> int:
        return sum(len(step.items) for step in self.steps)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Records that lack what the script requires, or whose parameter does not fit it."""
        return tuple(note for step in self.steps for note in step.notes)

    @property
    def facts(self) -> Facts:
        parts = {
            "review": self.review,
            "left_out": self.left_out,
            "skipped": self.skipped,
            "already": self.already,
            "notes": self.notes,
        }
        return {name: list(lines[:SHOWN]) for name, lines in parts.items() if lines}


class Drafts:
    """Made of one database's records; `held` are those that wait for a person already."""

    def __init__(self, database: Database, changes: Changes, scripting: Scripting) -> None:
        self._database = database
        self._changes = changes
        self._scripting = scripting

    async def draft(
        self, book: Runbook, held: Collection[str], waiting: Sequence[str], who: Who
    ) -> RunbookDraft:
        """`waiting`: what is said of the records that are `held`. Raises InputError for a found set that is larger than the owner said, or a name that is not there."""
        meta = await self._database.layout(book.layout)
        for check in book.checks:
            if meta.field_named(check.field) is None:
                raise unknown_field(check.field, meta)
        calendar, known = self._database.calendar, self._database.notes
        wording = Wording(await self._database.notes_on(meta), meta, known.source)
        asked = question(wording, book.where, book.omit, calendar)
        found_set = FoundSet(meta, asked, asked.criteria(meta, calendar), notes=tuple(wording.said))
        found = await self._changes.matching(found_set, most=book.most, wishes=({},))  # no portals
        ready: list[Record] = []
        review = list(waiting)
        skipped: list[str] = []
        for record in found.records:
            if record.record_id in held:
                continue
            failed = next((check for check in book.checks if not _holds(check, record)), None)
            if failed is None and not (record.closed and book.script is None):
                ready.append(record)
                continue
            if failed is None:  # the owner keeps it from being changed: a person has to look
                review.append(f"{record.record_id} {label_of(meta, record.fields)}: {record.closed}")
                continue
            text = f"{record.record_id} {label_of(meta, record.fields)}: {_complaint(failed, record)}"
            (review if failed.otherwise == "review" else skipped).append(text)
        if not ready:
            return RunbookDraft((), tuple(review), tuple(skipped), found.notes)
        steps, already = await self._steps(book, meta, ready, found.how, who)
        notes = (*found.notes, *(note for step in steps if not step.items for note in step.notes))
        some = tuple(step for step in steps if step.items)
        return RunbookDraft(some, tuple(review), tuple(skipped), notes, already)

    async def _steps(
        self, book: Runbook, meta: LayoutMeta, records: list[Record], how: str, who: Who
    ) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """The steps, and what is said of records for which nothing is left to do."""
        if book.script is None:
            steps, same = await self._changes.edit_steps(book.layout, records, book.edit, how)
            already = (f"{same} of {len(records)} records are as wanted already",) if same else ()
            return tuple(replace(step, runbook=book.name) for step in steps), already
        script = self._scripting.named(book.script)
        await self._scripting.runner.check(script)
        also = [check.field for check in book.checks]
        key = key_of(self._database.policy, meta.name)
        step = record_step(
            script, meta, records, book.parameter, how=how, also=also, runbook=book.name, key=key
        )
        rest = await self._changes.once(step, who)
        already = tuple(note for note in rest.notes if note not in step.notes)
        return (replace(rest, notes=step.notes),), already


def _holds(check: Check, record: Record) -> bool:
    value = str(record.fields.get(check.field, "")).strip()
    if check.one_of:
        return value.casefold() in {each.casefold() for each in check.one_of}
    return bool(value) is check.filled


def _complaint(check: Check, record: Record) -> str:
    value = str(record.fields.get(check.field, ""))
    if check.one_of:
        return f"{check.field} is {value!r} and not {' or '.join(check.one_of)}"
    return f"{check.field} is empty" if check.filled else f"{check.field} is {value!r} and should be empty"
