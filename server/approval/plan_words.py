"""What pages say of a plan, in the language of whoever looks: its heading, why a person is asked, what was seen of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..changes.plans.plan import Plan, Step, StepKind
from ..changes.plans.plan_answers import VERBS
from ..pages.messages import marked

if TYPE_CHECKING:
    from ..pages.page_language import Language
    from .plan_inspection import PlanInspection

ONE_STEP = re.compile(
    rf"(?P<verb>{'|'.join(VERBS.values())}) (?P<count>\d+) records? on '(?P<layout>[^']*)'", re.DOTALL
)
"""The sentence of a plan of one step whose records were named (`plan_answers.heading_of`)."""

REASONS = (
    (r"it deletes", marked("it deletes")),
    (r"the script reaches outside FileMaker", marked("the script reaches outside FileMaker")),
    (r"it changes more than (?P<count>\d+) records", marked("it changes more than %(count)s records")),
    (
        r"the owner wants a person to agree to every change",
        marked("the owner wants a person to agree to every change"),
    ),
    (
        r"the owner wants a person to agree to every change on (?P<names>.+)",
        marked("the owner wants a person to agree to every change on %(names)s"),
    ),
    (
        r"the owner wants a person to agree when (?P<names>.+) changes",
        marked("the owner wants a person to agree when %(names)s changes"),
    ),
    (
        r"text written by outsiders \((?P<names>.+)\) was read before it was planned",
        marked("text written by outsiders (%(names)s) was read before it was planned"),
    ),
    (
        r"the owner wants the script to run once, and it ran already",
        marked("the owner wants the script to run once, and it ran already"),
    ),
    (
        r"it was stored by an earlier version of this program, or altered since it was planned",
        marked("it was stored by an earlier version of this program, or altered since it was planned"),
    ),
    (
        r"the plan waits, and nothing of it is carried out before somebody agrees or the chat goes on",
        marked("the plan waits, and nothing of it is carried out before somebody agrees or the chat goes on"),
    ),
)
"""The reasons of `policy.agreement` and their messages."""


def because_in(language: Language, because: str) -> str:
    """In English where the reason is not known here."""
    for pattern, message in REASONS:
        if (found := re.fullmatch(pattern, because, re.DOTALL)) is not None:
            return language.text(message, **found.groupdict())
    return because


def heading_in(language: Language, plan: Plan) -> str:
    """The plan in one sentence. How records were chosen stays in the words of the criteria."""
    if language.code == "en":
        return plan.heading
    heading = "; ".join(_step(language, step) for step in plan.steps)
    return (
        language.text("Take back %(id)s: %(heading)s", id=plan.undoes, heading=heading)
        if plan.undoes
        else heading
    )


def line_in(language: Language, heading: str) -> tuple[str, bool]:
    """A plan's sentence in a list, where nothing but the sentence is known, and whether it stays English: one of several steps does,
    and one that says how its records were chosen."""
    if language.code == "en":
        return heading, False
    found = ONE_STEP.fullmatch(heading)
    if found is None:
        return heading, True
    kind = next(kind for kind, verb in VERBS.items() if verb == found["verb"])
    return _records(language, kind, int(found["count"]), found["layout"]), False


def doing_in(language: Language, do: str) -> str:
    """What happens to one record: `edit`, or `run` with the name of the script."""
    kind, _, script = do.partition(" ")
    words = {
        "create": language.text("Create"),
        "duplicate": language.text("Duplicate"),
        "edit": language.text("Edit"),
        "upload": language.text("Put a file into"),
        "delete": language.text("Delete"),
        "run": language.text("Run"),
        "export": language.text("Export"),
    }
    return f"{words.get(kind, kind)} {script}".strip()


def stands_in(language: Language, stands: str) -> str:
    """Where a change stands: a state, or how many records are in each."""
    before, separator, counts = stands.rpartition(": ")
    parts = [part.partition(" ") for part in counts.split(", ")]
    if not all(number.replace(",", "").isdecimal() for number, _, _ in parts):
        return language.text(stands)
    told = ", ".join(
        f"{language.number(int(n.replace(',', '')))} {language.text(state)}" for n, _, state in parts
    )
    return f"{language.text(before)}{separator}{told}"


def seen_in(language: Language, inspection: PlanInspection) -> str:
    """What stands beside the button."""
    records, shown = len(inspection.listing.rows), inspection.listing.shown_on(inspection.opened)
    if inspection.listing.pages == 1:
        return language.plural("The record is shown.", "All %(count)s records are shown.", records)
    return language.text(
        "%(opened)s of %(pages)s pages opened, with %(shown)s of %(records)s records.",
        opened=language.number(len(inspection.opened)),
        pages=language.number(inspection.listing.pages),
        shown=language.number(shown),
        records=language.number(records),
    )


def to_open_in(language: Language, inspection: PlanInspection) -> str:
    """What has to be opened before anybody can agree; empty when nothing has."""
    left = inspection.to_open
    if not left:
        return ""
    if len(left) == 1:
        return language.text("To agree, open page %(page)s too.", page=language.number(left[0]))
    return language.text("To agree, open the other %(count)s pages too.", count=language.number(len(left)))


def problem_in(language: Language, inspection: PlanInspection, typed: str) -> str:
    """Why nobody can agree yet; empty when they can."""
    match inspection.fault(typed):
        case "pages":
            return language.text("Nothing was agreed to.") + " " + to_open_in(language, inspection)
        case "number":
            return language.text("Nothing was agreed to: the number typed is not the number of records.")
        case _:
            return ""


def _step(language: Language, step: Step) -> str:
    count, layout = len(step.items), step.layout
    how = f" ({step.how})" if step.how else ""
    if step.kind is StepKind.EXPORT:
        return step.how
    if step.kind is StepKind.RUN:
        if count == 1 and step.items[0].record_id is None:
            return language.text("Run the script “%(script)s”", script=step.script)
        told = language.plural(
            "Run the script “%(script)s” for %(count)s record on “%(layout)s”",
            "Run the script “%(script)s” for %(count)s records on “%(layout)s”",
            count,
            script=step.script,
            layout=layout,
        )
        return told + how
    return _records(language, step.kind, count, layout) + _rows(language, step) + how


def _records(language: Language, kind: StepKind, count: int, layout: str) -> str:
    match kind:
        case StepKind.CREATE:
            forms = (
                marked("Create %(count)s record on “%(layout)s”"),
                marked("Create %(count)s records on “%(layout)s”"),
            )
        case StepKind.DUPLICATE:
            forms = (
                marked("Duplicate %(count)s record on “%(layout)s”"),
                marked("Duplicate %(count)s records on “%(layout)s”"),
            )
        case StepKind.UPLOAD:
            forms = (
                marked("Put files into %(count)s record on “%(layout)s”"),
                marked("Put files into %(count)s records on “%(layout)s”"),
            )
        case StepKind.DELETE:
            forms = (
                marked("Delete %(count)s record on “%(layout)s”"),
                marked("Delete %(count)s records on “%(layout)s”"),
            )
        case _:
            forms = (
                marked("Edit %(count)s record on “%(layout)s”"),
                marked("Edit %(count)s records on “%(layout)s”"),
            )
    return language.text(forms[count != 1], count=language.number(count), layout=layout)


def _rows(language: Language, step: Step) -> str:
    rows = step.rows
    if not rows:
        return ""
    return " " + language.plural("with %(count)s related row", "with %(count)s related rows", rows)
