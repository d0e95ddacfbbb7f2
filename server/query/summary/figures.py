"""A summary as an answer: its figures, those of an earlier period beside them, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...criteria.calendar import Calendar
from ...text.facts import Facts
from ..found_sets.found_set import FoundSet
from ..found_sets.page_reader import Progress
from ..found_sets.read_budget import Budget
from ..found_sets.unread_dates import texts_in_dates
from ..thread_work import worked
from .comparison import compared
from .earlier_period import Earlier
from .measures.measures import ARRIVALS
from .summary import Summary, summarized
from .summary_reader import Gathered, gathered, not_used
from .wish import Wish

if TYPE_CHECKING:
    from ...database.database import Database

MOST_WRITTEN = 100_000
"""Groups that a file of a summary takes."""
MOST_COMPARED = 100_000
"""Groups of a period that stand beside those of another."""

NEW = "new is new among these records: what lies before them is not looked at"


async def figures(
    database: Database,
    found_set: FoundSet,
    wish: Wish,
    *,
    against: Earlier | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> tuple[int, Facts]:
    """How many records were found, and all that there is to say of them."""
    everything = replace(wish, top=MOST_COMPARED, skip=0, each=None, conditions=(), by=())
    result = await gathered(database, found_set, wish.groups, wish.measures, progress=progress, budget=budget)
    try:
        summary = await _summarized(result, wish if against is None else everything)
        if against is None:
            facts = _shown(summary, wish)
        else:
            facts = await _compared(database, summary, wish, everything, against, progress, budget)
        facts |= await _provenance(database, found_set, result, wish, summary)
    finally:
        result.gatherer.close()
    return result.account.matched, facts


async def _summarized(result: Gathered, wish: Wish) -> Summary:
    """In a thread: over many groups, and over long texts, it takes longer than others may wait."""
    return await worked(summarized, result.gatherer, wish, result.starts, hurry=result.gatherer.interrupt)


def _shown(summary: Summary, wish: Wish) -> Facts:
    if not wish.groups:
        return {"figures": dict(zip(summary.columns, summary.total, strict=True))}
    facts: Facts = {"columns": list(summary.columns), "rows": summary.rows}
    names = [measure.name for measure in wish.measures]
    if summary.other is not None:
        facts["other"] = {"groups": summary.left, **_named(names, summary.other)}
    if summary.not_having:
        facts["groups_left_out_by_having"] = summary.not_having
    facts["total"] = _named(names, summary.total)
    if summary.after > 0 and summary.rows and wish.each is None:
        facts["next"] = {"offset": wish.skip + len(summary.rows)}
    return facts


async def _compared(
    database: Database,
    summary: Summary,
    wish: Wish,
    everything: Wish,
    against: Earlier,
    progress: Progress | None,
    budget: Budget | None,
) -> Facts:
    other = against.found_set
    result = await gathered(
        database, other, wish.groups, wish.measures, shift=against.shift, progress=progress, budget=budget
    )
    try:
        past = await _summarized(result, everything)
    finally:
        result.gatherer.close()
    both = compared(summary, past, wish)
    facts: Facts = {"compared": against.in_words} if against.in_words else {}
    facts |= {
        "found_before": result.account.matched,
        "understood_before": other.criteria.understood,
    }
    total = _named(both.columns[len(wish.group_columns) :], both.total)
    if not wish.groups:
        return facts | {"figures": total}
    facts |= {"columns": list(both.columns), "rows": both.rows}
    if both.left:
        facts["other"] = {"groups": both.left}
        if both.rows and both.after:
            facts["next"] = {"offset": wish.skip + len(both.rows)}
    if both.not_having:
        facts["groups_left_out_by_having"] = both.not_having
    return facts | {"total": total}


def _narrowed(found_set: FoundSet, wish: Wish) -> str:
    """With criteria on the date, everybody in the first period is new."""
    named = {target.name for target in found_set.criteria.targets}
    columns = [group.columns[0] for group in wish.groups if group.period and group.target.name in named]
    ways = (
        f'; leave the date out of where and use having {{"{each}": {{"gte": ...}}}} instead'
        for each in columns
    )
    return "".join(ways)


def _unfinished(calendar: Calendar, wish: Wish, result: Gathered) -> str:
    """Whoever is lost in a period that is not over may still come."""
    units = [group.period for group in wish.groups if group.period]
    labels = [calendar.label(unit, calendar.today()) for unit in units]
    return "".join(f"; {label} is not over" for label in labels if label in result.starts)


def _named(names: Sequence[str], values: Sequence[object]) -> Facts:
    return dict(zip(names, values, strict=True))


async def _provenance(
    database: Database, found_set: FoundSet, result: Gathered, wish: Wish, summary: Summary
) -> Facts:
    """What the figures rest on."""
    spellings = [*result.folded, *summary.spelt.merged_in_words(wish.groups)]
    facts: Facts = {"spellings": spellings} if spellings else {}
    if unused := not_used(result.gatherer, summary):
        facts["not_used"] = unused
    if texts := await texts_in_dates(database, found_set):
        facts["text_in_dates"] = texts
    if result.account.unread:
        facts["not_compared"] = {
            name: f"{count:,} text, no number" for name, count in result.account.unread.items()
        }
    remarks = [group.guessed for group in wish.groups if group.guessed]
    remarks += summary.spelt.apart + result.flags.said(result.account.matched)
    if any(measure.kind == "average" for measure in wish.measures):
        remarks.append("averages have two decimals more than their numbers, rounded half up")
    if any(measure.kind in ARRIVALS for measure in wish.measures):
        remarks.append(NEW + _narrowed(found_set, wish) + _unfinished(database.calendar, wish, result))
    if remarks:
        facts["remarks"] = remarks
    if result.account.changed:
        facts["changed_while_read"] = result.account.changed
    facts["read"] = result.account.read
    return facts
