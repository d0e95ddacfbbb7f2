"""What does not run: the Data API runs the scripts that it is told to run, and no trigger of a layout (section 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...database.database import Database
from ...policy import through_of
from ...text.plain_parts import Name, names
from ...text.sentence import say
from ..plans.step import Step, StepKind

NAMED = 6
SILENT = frozenset({StepKind.RUN, StepKind.EXPORT})


async def told(database: Database, steps: Sequence[Step]) -> list[Step]:
    """The steps; the first one of each layout says which of its triggers do not run."""
    said: set[str] = set()
    answer: list[Step] = []
    for step in steps:
        note = ""
        if (
            step.kind not in SILENT
            and step.layout not in said
            and through_of(database.policy, step.layout) is None
        ):
            said.add(step.layout)
            note = await _note(database, step.layout)
        answer.append(replace(step, notes=(*step.notes, note)) if note else step)
    return answer


async def _note(database: Database, layout: str) -> str:
    known = await database.mapped(await database.layout(layout))
    if known is None:
        return say("Script triggers of %(layout)s do not run for this.", layout=Name(layout))
    scripts = known.place.scripts
    if not scripts:
        return ""
    return say(
        "Script triggers of %(layout)s do not run for this; its buttons and triggers call %(scripts)s (solution map of %(date)s).",
        layout=Name(layout),
        scripts=names(scripts, NAMED),
        date=known.atlas.date,
    )
