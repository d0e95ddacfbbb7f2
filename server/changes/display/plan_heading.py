"""A plan in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from ...text.plain_parts import Inner, Listed, Name
from ...text.sentence import Sentence, marked_count, say, say_count
from ..plans.step import Step, StepKind

FORMS = {
    StepKind.CREATE: marked_count(
        "Create %(count)s record on %(layout)s", "Create %(count)s records on %(layout)s"
    ),
    StepKind.DUPLICATE: marked_count(
        "Duplicate %(count)s record on %(layout)s", "Duplicate %(count)s records on %(layout)s"
    ),
    StepKind.EDIT: marked_count(
        "Edit %(count)s record on %(layout)s", "Edit %(count)s records on %(layout)s"
    ),
    StepKind.UPLOAD: marked_count(
        "Put files into %(count)s record on %(layout)s", "Put files into %(count)s records on %(layout)s"
    ),
    StepKind.DELETE: marked_count(
        "Delete %(count)s record on %(layout)s", "Delete %(count)s records on %(layout)s"
    ),
}


def heading_of(steps: Sequence[Step], undoes: str = "") -> str:
    """The change in one sentence. `undoes` is the change that it takes back."""
    heading = reduce(
        lambda first, then: say("%(first)s, then %(next)s", first=first, next=Inner(then)), map(_step, steps)
    )
    return say("Take back %(id)s: %(heading)s", id=undoes, heading=Inner(heading)) if undoes else heading


def _step(step: Step) -> str:
    count, layout = len(step.items), Name(step.layout)
    match step.kind:
        case StepKind.EXPORT:
            return step.how
        case StepKind.RUN if count == 1 and step.items[0].record_id is None:
            return say("Run the script %(script)s", script=Name(step.script))
        case StepKind.RUN:
            told = say_count(
                "Run the script %(script)s for %(count)s record on %(layout)s",
                "Run the script %(script)s for %(count)s records on %(layout)s",
                count,
                script=Name(step.script),
                layout=layout,
            )
        case _:
            told = say_count(*FORMS[step.kind], count, layout=layout)
    rows = step.rows
    if rows:
        with_rows = say_count("with %(count)s related row", "with %(count)s related rows", rows)
        told = Sentence("%(all)s", {"all": Listed((told, with_rows), " ")})
    return Sentence("%(what)s (%(how)s)", {"what": told, "how": step.how}) if step.how else told
