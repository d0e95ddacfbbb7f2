"""Whether the record under a number is still the one that was planned for."""

from __future__ import annotations

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...text.plain_parts import Held, Listed, Name
from ...text.sentence import in_a_row, say
from ..outcomes.row_comparison import row_of
from ..plans.item import Item, Values
from ..plans.marks import another, is_comparable, same_content
from ..plans.step import Step, StepKind

NUMBERS = say("A host that was restored from a backup gives the numbers of records out again.")


class Continuity:
    """Plans that were made from what was read since FileMaker's file was opened last: their record numbers are still good,
    since a file is replaced by a backup only while it is closed, which ends its sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, int | None] = {}

    @property
    def now(self) -> int | None:
        """To be kept before reading, and handed to `note` with the plan that came of it."""
        return self._database.ended_sessions

    def note(self, plan_id: str, began: int | None) -> None:
        self._read[plan_id] = began

    def holds(self, plan_id: str) -> bool:
        """Whether no session has ended since. One that nobody has used since may have ended unseen."""
        began = self._read.get(plan_id)
        return began is not None and began == self._database.ended_sessions


def why_another(meta: LayoutMeta, step: Step, item: Item, record: Record) -> str:
    """Why an item is not carried out on this record, as a sentence; empty where it is the one that was planned for.

    One that was saved since (another modId) is FileMaker's own to refuse.
    """
    number = record.record_id
    if other := another(meta, item.marks, record.fields):
        return in_a_row(
            (say("Number %(id)s is another record now (%(other)s).", id=number, other=other), NUMBERS)
        )
    if item.mod_id is not None and record.mod_id != item.mod_id:
        return ""
    changed = [
        say(
            "%(field)s was %(was)s and is %(now)s",
            field=Name(name),
            was=Held(was),
            now=Held(record.fields.get(name, "")),
        )
        for name, was in expected(meta, step, item).items()
        if not same_content(meta.field_named(name), was, record.fields.get(name, ""))
    ]
    changed += _changed_rows(meta, item, record)
    if not changed:
        return ""
    return say(
        "Record %(id)s is not what it was when this was planned (%(changes)s).",
        id=number,
        changes=Listed.of(changed),
    )


def _changed_rows(meta: LayoutMeta, item: Item, record: Record) -> list[str]:
    """Rows that have other contents under the same number and modId; one that was saved since is FileMaker's to refuse."""
    changed: list[str] = []
    for change in item.rows:
        row = row_of(record, change)
        if row is None or row.mod_id != change.mod_id:
            continue
        changed += [
            say(
                "%(field)s of row %(row)s was %(was)s and is %(now)s",
                field=Name(name),
                row=row.record_id,
                was=Held(was),
                now=Held(row.fields[name]),
            )
            for name, was in change.before.items()
            if name in row.fields
            and is_comparable(field := meta.field_named(name))
            and not same_content(field, was, row.fields[name])
        ]
    return changed


def expected(meta: LayoutMeta, step: Step, item: Item) -> Values:
    """What the record has to hold. A delete is seen with every field, of which related ones are not the record's own."""
    own_only = step.kind is StepKind.DELETE
    before = {
        name: value
        for name, value in item.before.items()
        if is_comparable(found := meta.field_named(name)) and not (own_only and found and found.is_related)
    }
    return {**item.chosen_by, **before}
