"""Reads a found set into a gatherer and says what about the data a careful reader should know."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ...criteria.calendar import Calendar
from ...dataapi.contents import Value
from ...dataapi.sealed_page import Rows
from ...notes.value_spellings import Spellings
from ...text.numbers import number_in
from ..found_sets.field_guesses import archive_flags
from ..found_sets.found_set import FoundSet
from ..found_sets.page_reader import Progress
from ..found_sets.read_budget import Budget
from ..found_sets.read_report import Account
from ..found_sets.record_source import Source
from ..thread_work import worked
from .gatherer import Gatherer
from .groups.group_keys import Keys
from .groups.groups import Group
from .measures.measures import Measure
from .summary import Summary

if TYPE_CHECKING:
    from ...database.database import Database

MOST_FLAGS = 3
NOTHING = {"", "0", "no", "false", "nein", "non"}


@dataclass
class Flags:
    """How many records look archived or deleted, by the field that says so."""

    fields: tuple[str, ...]
    values: dict[str, Counter[Value | None]] = field(default_factory=dict[str, Counter[Value | None]])

    def see(self, rows: Rows) -> None:
        for name in self.fields:
            self.values.setdefault(name, Counter()).update(filter(_is_set, rows.columns[name]))

    def said(self, found: int) -> list[str]:
        sentences: list[str] = []
        for name, values in self.values.items():
            if 0 < (count := values.total()) < found:
                omit = json.dumps({name: str(values.most_common(1)[0][0])}, ensure_ascii=False)
                sentences.append(
                    f"{name} is set on {count:,} of these records, which may mean that they do not count; omit {omit} leaves them out"
                )
        return sentences


@dataclass
class Gathered:
    gatherer: Gatherer
    keys: list[Keys]
    account: Account
    flags: Flags
    folded: list[str]
    """Spellings that were counted as one, in words."""

    @property
    def starts(self) -> dict[object, date]:
        """The first day of each period that is grouped by."""
        return {label: day for keys in self.keys for label, day in keys.starts.items()}


async def gathered(
    database: Database,
    found_set: FoundSet,
    groups: tuple[Group, ...],
    measures: tuple[Measure, ...],
    *,
    calendar: Calendar | None = None,
    shift: tuple[str, int] | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> Gathered:
    """Close its gatherer after use. `shift` moves dates before their period is looked up."""
    keys = [Keys(group, calendar or database.calendar, shift) for group in groups]
    gatherer = Gatherer(groups, keys, measures)
    named = {target.name for target in found_set.criteria.targets}
    flags = Flags(tuple(name for name in archive_flags(found_set.layout) if name not in named)[:MOST_FLAGS])
    fields = tuple(dict.fromkeys((*gatherer.fields, *flags.fields)))
    folding = Spellings(await database.notes_on(found_set.layout)).folding(gatherer.fields)

    def take(rows: Rows) -> Awaitable[None] | None:
        flags.see(rows)
        rows = rows if folding is None else folding.of(rows)
        if gatherer.is_long(rows):
            return worked(gatherer.add, rows, hurry=gatherer.interrupt)
        return gatherer.add(rows)

    try:
        account = await Source(database, found_set, progress, budget=budget).read(fields, take)
        await worked(gatherer.complete, hurry=gatherer.interrupt)
    except BaseException:
        gatherer.close()
        raise
    return Gathered(gatherer, keys, account, flags, [] if folding is None else folding.said)


def not_used(gatherer: Gatherer, summary: Summary) -> dict[str, str]:
    """Per field: how many records could not be used, and why."""
    texts: dict[str, str] = {}
    for name, reasons in gatherer.unused.items():
        reasons = reasons + Counter({"text": summary.unread.get(name, 0)})
        parts = [f"{count:,} {reason}" for reason, count in reasons.items() if count]
        if parts:
            texts[name] = ", ".join(parts)
    for name, count in summary.empty_ratios.items():
        texts[name] = f"{count:,} groups without: the divisor is 0, or one of the two is empty"
    return texts


def _is_set(value: Value | None) -> bool:
    if value is None or value == "":
        return False
    number = number_in(value)
    return number != 0 if number is not None else str(value).casefold() not in NOTHING
