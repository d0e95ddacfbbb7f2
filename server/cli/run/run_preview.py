"""Looking at a runbook without carrying it out: a dry run, the records that wait for a person, and their release."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ...errors import InputError
from ...text.one_line import one_line
from ..terminal import say
from ..terminal_text import beside

if TYPE_CHECKING:
    from ....tools._call import Workspace
    from ...changes.plans.plan import Who
    from ...runbooks.runbook import Runbook
    from ...runbooks.runbook_draft import RunbookDraft


async def dry(workspace: Workspace, book: Runbook, who: Who, *, as_json: bool) -> None:
    """What a run would do now. A run that was broken off would be gone on with, which is said."""
    from ...changes.plans.outcome import ItemState

    progress = await workspace.runbooks.unfinished(book, who)
    draft = await workspace.runbooks.draft(book, who)
    rest = 0
    if progress is not None:
        rest = progress.states[ItemState.OPEN]
    shown = _shown(draft)
    if as_json:
        facts: dict[str, object] = {"state": "planned", "runbook": book.name}
        facts |= {"continues": progress.plan.id, "records_left": rest} if progress is not None else {}
        print(json.dumps(facts | {"would": shown, **draft.facts}, ensure_ascii=False, default=str))
        return
    if progress is not None:
        say(f"{progress.plan.id} was broken off; a run goes on with its {rest} records first.", sys.stdout)
    count = f"{draft.records:,} {'record' if draft.records == 1 else 'records'} on {book.layout!r}"
    what = f"run {book.script!r} for {count}" if book.script else f"edit {count}"
    say(f"{book.name} would {what}{':' if shown else '.'}", sys.stdout)
    for each in shown:
        _line(f"  {each['id']} ", f"{each['record']}: {_told(each)}")
    parts = {
        "For a person": draft.review,
        "Left out": draft.left_out,
        "Left alone": draft.skipped,
        "Done already": draft.already,
    }
    for title, lines in parts.items():
        if lines:
            say(f"{title}:", sys.stdout)
        for line in lines:
            _line("  ", line)
    for note in draft.notes:
        _line("Note: ", note)
    say("Nothing was changed.", sys.stdout)


async def review(workspace: Workspace, book: Runbook, *, as_json: bool) -> None:
    held = await workspace.runbooks.review.held(book.name)
    if as_json:
        print(json.dumps(held, ensure_ascii=False))
    elif not held:
        say(f"No record of {book.name!r} waits for a person.", sys.stdout)
    else:
        for record, why in held.items():
            _line(f"{record}  ", why)


async def settle(workspace: Workspace, book: Runbook, records: list[str], now: float, *, done: bool) -> None:
    """A person has looked. Raises InputError when none of the records waits."""
    from ...runbooks.review import Finding

    ids = None if records == ["all"] else records
    finding = Finding.DONE if done else Finding.NOT_DONE
    count = await workspace.runbooks.review.settle(book.name, ids, now, finding)
    if not count:
        raise InputError(
            f"None of these records waits for a person in {book.name!r}", advice="--review lists them."
        )
    told = "counted as done." if done else "released; the next run takes them again."
    say(f"{count} {told}", sys.stdout)


def _line(head: str, text: str) -> None:
    print(beside(head, one_line(text), sys.stdout))


def _told(change: Mapping[str, object]) -> str:
    """What would be done to one record, as a person reads it: the parameter of the script, or fields before and after."""
    parameter = change.get("parameter")
    if parameter is not None:
        return (
            parameter
            if isinstance(parameter, str)
            else json.dumps(parameter, ensure_ascii=False, default=str)
        )
    fields = cast("Mapping[str, object]", change.get("fields", {}))
    return ", ".join(f"{name}: {_before_and_after(value)}" for name, value in fields.items())


def _before_and_after(value: object) -> str:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return " -> ".join("(empty)" if each in ("", None) else str(each) for each in values)


def _shown(draft: RunbookDraft) -> list[dict[str, object]]:
    from ...changes.display.differences import change_of

    return [
        change_of(step.kind, item) | {"id": item.record_id, "record": item.label}
        for step in draft.steps
        for item in step.items
    ]
