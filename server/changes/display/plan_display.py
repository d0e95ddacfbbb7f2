"""What happens to one record, line by line and whole: what a person reads who has to agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ...dataapi.contents import Value
from ...text.sentence import Sentence, in_a_row, say
from ..plans.item import FileChange, Item, RowChange, RowKind
from ..plans.step import Step, StepKind


class Sense(StrEnum):
    """How the two values of a line are meant."""

    BECOMES = "becomes"
    GOES = "goes"
    """There is nothing afterwards."""
    SAYS = "says"
    """No field: `after` says it."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field, related row or file of a record. Values are whole."""

    name: str
    before: Value = ""
    after: Value = ""
    sense: Sense = Sense.BECOMES
    portal: str = ""
    """Where it is a field of a related row."""
    field: str = ""
    """That field, as the portal names it."""

    @property
    def about(self) -> str:
        """The field that the line is about, whichever related row it stands in."""
        return f"{self.portal}: {self.field}" if self.portal else self.name

    @property
    def is_gone(self) -> bool:
        return self.sense is Sense.GOES


def lines_of(step: Step, item: Item) -> tuple[ChangeLine, ...]:
    return tuple(_lines(step, item))


def doing(step: Step) -> str:
    """`edit`, `run Send reminder`."""
    return f"{step.kind.value} {step.script}".strip()


def which_of(item: Item) -> Sentence:
    """The record's id and what a person knows it by."""
    name = item.copy_of or item.record_id
    if not name and item.created_by is not None:
        name = say("of step %(step)s", step=item.created_by[0] + 1)
    return in_a_row(part for part in (name or say("new"), item.label) if part)


def _lines(step: Step, item: Item) -> Iterator[ChangeLine]:
    if step.kind is StepKind.DELETE:
        yield from _deleted(item)
        return
    if step.kind is StepKind.RUN:
        yield from _run(item)
        return
    if step.kind is StepKind.DUPLICATE:
        yield ChangeLine(
            say("every other field"),
            after=say("as in record %(copy_of)s", copy_of=item.copy_of or ""),
            sense=Sense.SAYS,
        )
    for name, value in item.after.items():
        yield ChangeLine(name, item.before.get(name, ""), value)
    for name, origin in item.later.items():
        yield ChangeLine(
            name,
            after=say("%(field)s of step %(step)s", field=origin.field, step=origin.step + 1),
            sense=Sense.SAYS,
        )
    for change in item.rows:
        yield from _row(change)
    if item.file is not None:
        yield _file(item.file)


def _deleted(item: Item) -> Iterator[ChangeLine]:
    for name, value in item.before.items():
        if value != "":
            yield ChangeLine(name, value, sense=Sense.GOES)
    for file in item.files:
        yield ChangeLine(file.field, file_words(file), sense=Sense.GOES)
    for change in item.related:
        for name, value in change.before.items():
            if value != "":
                place = say(
                    "%(portal)s, row %(record_id)s, may go too",
                    portal=change.portal,
                    record_id=change.record_id or "",
                )
                yield _in_row(change, place, name, value, sense=Sense.GOES)


def _run(item: Item) -> Iterator[ChangeLine]:
    if item.stands_on:
        yield ChangeLine(say("runs on"), after=say("the record itself"), sense=Sense.SAYS)
    if item.parameter is not None:
        yield ChangeLine(say("parameter"), after=item.parameter)
    elif not item.stands_on:
        yield ChangeLine(say("parameter"), after=say("none"), sense=Sense.SAYS)


def _row(change: RowChange) -> Iterator[ChangeLine]:
    """One related row, a line a field."""
    if change.kind is RowKind.ADD:
        place, source = say("%(portal)s, new row", portal=change.portal), change.after
    else:
        source = change.after if change.kind is RowKind.EDIT else change.before
        place = say("%(portal)s, row %(record_id)s", portal=change.portal, record_id=change.record_id or "")
    if change.kind is RowKind.REMOVE:
        yield ChangeLine(place, after=say("is removed"), sense=Sense.SAYS)
    for name, value in source.items():
        if change.kind is RowKind.REMOVE:
            if value != "":
                yield _in_row(change, place, name, value, sense=Sense.GOES)
        else:
            yield _in_row(change, place, name, change.before.get(name, ""), value)


def _in_row(
    change: RowChange,
    place: Sentence,
    name: str,
    before: Value,
    after: Value = "",
    sense: Sense = Sense.BECOMES,
) -> ChangeLine:
    """Of two tables that one portal shows, each may have a field of that name: only the row's own goes without its table."""
    field = name.removeprefix(f"{change.occurrence}::")
    told = Sentence("%(label)s: %(why)s", {"label": place, "why": field})
    return ChangeLine(told, before, after, sense, change.portal, field)


def _file(file: FileChange) -> ChangeLine:
    before = "" if file.before is None else say("a file, fingerprint %(before)s", before=file.before[:16])
    return ChangeLine(file.field, before, file_words(file) if file.name else "")


def file_words(file: FileChange) -> str:
    """A file as a person tells it from another of the same name and size."""
    return say(
        "%(name)s, %(size)s bytes, fingerprint %(digest)s",
        name=file.name,
        size=file.size,
        digest=file.digest[:16],
    )
