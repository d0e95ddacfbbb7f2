"""What pages say of a plan, in the language of whoever looks: what happens to a record, where it stands, what was seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..pages.page_language import Language
    from .plan_inspection import PlanInspection


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
