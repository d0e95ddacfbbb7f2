"""A plan as its page shows it: which records, how much was seen, what is still asked before somebody can agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from ..changes.display.excerpts import excerpts
from ..changes.display.listed_records import ListedRecord
from ..changes.display.plan_display import ChangeLine, Sense
from ..changes.display.plan_listing import Filter
from ..changes.plans.item import RowKind
from ..changes.plans.step import Step, StepKind
from ..dataapi.contents import Value
from ..pages.page_language import Language
from ..text.one_line import one_line
from .plan_question import PlanQuestion
from .plan_words import doing_in, seen_in, to_open_in

BRIEF = 60


@dataclass(frozen=True, slots=True)
class ShownLine:
    name: str
    before: str
    before_whole: str
    after: str
    after_whole: str
    says: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    number: int
    do: str
    which: str
    layout: str
    lines: tuple[ShownLine, ...]


def filter_of(query: Mapping[str, str], language: Language) -> Filter:
    """What the address of a page asks for."""
    return Filter(
        words=query.get("words", "").strip(),
        told=language.value,
        field=query.get("field", ""),
        same=query.get("same", ""),
        unlike=query.get("unlike", ""),
    )


def plan_facts(
    question: PlanQuestion, here: str, number: int, wanted: Filter, language: Language, problem: str = ""
) -> dict[str, object]:
    """What `plan.html` needs. A page of the whole list counts as opened from now on."""
    inspection = question.inspection
    listing = inspection.listing
    page = listing.page(number, wanted)
    if wanted.is_all:
        inspection.opened.add(page.number)

    def link(**change: object) -> str:
        asked = {"words": wanted.words, "field": wanted.field, "same": wanted.same, "unlike": wanted.unlike}
        if "page" not in change:
            asked |= {"same": "", "unlike": ""}
        query = {name: value for name, value in {**asked, **change}.items() if value}
        return f"{here}?{urlencode(query)}#records"

    def record(number: int) -> str:
        return f"{here}/{number}"

    alike = listing.alike
    is_common = 1 < alike.times < len(listing.rows)
    steps = question.plan.steps
    return {
        "plan": question.plan,
        "heading": question.plan.heading,
        "because": question.because,
        "takes_away": any(_takes_away(step) for step in steps),
        "listing": listing,
        "warnings": list(dict.fromkeys(warning for step in steps for warning in step.warnings)),
        "notes": [note for step in steps for note in step.notes],
        "most": (listing.rows[alike.first - 1].same, alike.times) if is_common else None,
        "wanted": wanted,
        "is_all": wanted.is_all,
        "page": page,
        "rows": [shown_row(row, language) for row in page.rows],
        "doing": partial(doing_in, language),
        "first": page.rows[0].number if page.rows else 0,
        "last": page.rows[-1].number if page.rows else 0,
        "near": near(page.number, page.pages),
        "opened": inspection.opened,
        "seen": seen_in(language, inspection),
        "must_open": language.text(question.barred) if question.barred else to_open_in(language, inspection),
        "remark": language.text(
            question.remark, person=one_line(question.asked_by or question.plan.who.caller.id)
        )
        if question.remark
        else "",
        "must_type": inspection.must_type,
        "problem": problem,
        "here": here,
        "all": f"{here}#records",
        "table": f"{here}/plan.csv",
        "link": link,
        "record": record,
        "brief": partial(brief, language),
    }


def shown_row(row: ListedRecord, language: Language) -> ShownRow:
    lines = tuple(_line(line, language) for line in row.lines)
    return ShownRow(row.number, row.do, row.which, row.layout, lines)


def near(page: int, pages: int) -> list[int]:
    """Numbers of pages to go to: the first, the last and those around this one. 0 stands for what lies between."""
    wanted = sorted({1, pages, *range(max(1, page - 3), min(pages, page + 3) + 1)})
    numbers: list[int] = []
    for number in wanted:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


def brief(language: Language, change: tuple[Value, Value]) -> str:
    texts = map(language.value, change)
    before, after = (text if len(text) <= BRIEF else f"{text[:BRIEF]}…" for text in texts)
    return f"{before} → {after or language.text('(empty)')}" if before else after


def _takes_away(step: Step) -> bool:
    """Whether records or related rows are gone afterwards."""
    rows = (change.kind for item in step.telling for change in item.rows)
    return step.kind is StepKind.DELETE or RowKind.REMOVE in rows


def _line(line: ChangeLine, language: Language) -> ShownLine:
    before, after = excerpts(line.before, line.after)
    return ShownLine(
        language.value(line.name),
        language.value(before),
        language.value(line.before),
        language.value(after),
        language.value(line.after),
        line.sense is Sense.SAYS,
        line.is_gone,
    )
