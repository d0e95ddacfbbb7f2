"""A plan at a terminal: in all, page by page, one record whole, searched; then the question."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...approval.chat_question import fresh_letters
from ...approval.plan_inspection import PlanInspection
from ...changes.consent.person_consent import ConsentMethod, PersonConsent
from ...changes.display.excerpts import excerpts
from ...changes.display.listed_records import ListedRecord
from ...changes.display.plan_display import ChangeLine, Sense
from ...changes.display.plan_listing import Filter
from ...dataapi.contents import Value
from ...text.one_line import one_line
from ..terminal_text import beside

SIZE = 10
"""Records on a page."""
SHORT = 300
"""Characters of a value on a page; `w` shows all of it."""
MOST_TOTALS = 40
COMMANDS = (
    "Enter: next page, b: back, 12: page 12, w 3: record 3 whole, /text: search, d: decide, q: leave it"
)


class PlanReader:
    def __init__(self, console: Console, inspection: PlanInspection) -> None:
        self._console = console
        self._inspection = inspection
        self._listing = inspection.listing
        self._filter = Filter()
        self._page = 1
        self._is_shortened = False

    def read(self) -> PersonConsent | None:
        """How somebody agreed; None when they did not."""
        plan = self._inspection.plan
        self._say(f"{plan.heading}, in {plan.place}.")
        for words in dict.fromkeys(words for step in plan.steps for words in (*step.warnings, *step.notes)):
            self._say(f"Note: {words}", "yellow")
        if self._listing.pages > 1:
            self._totals()
        self._show(1)
        if self._listing.pages > 1 or self._is_shortened:
            self._look_around()
        return self._decide()

    def _look_around(self) -> None:
        """Until somebody wants to decide, or leaves."""
        while True:
            word = self._asked(f"[{COMMANDS}] ").strip()
            if word in ("d", "q"):
                return
            if word.startswith("/"):
                self._filter = Filter(words=word[1:].strip())
                self._show(1)
            elif word.startswith("w") and word[1:].strip().isdecimal():
                self._whole(int(word[1:]))
            elif word.isdecimal() or word in ("", "b"):
                self._show(int(word) if word.isdecimal() else self._page + (-1 if word else 1))

    def _decide(self) -> PersonConsent | None:
        inspection = self._inspection
        self._say(inspection.seen)
        if inspection.must_open:
            self._say(f"To agree, open {inspection.must_open}.")
            return None
        wanted = str(inspection.plan.records) if inspection.must_type else fresh_letters()
        which = " (the number of records, since not all were shown)" if inspection.must_type else ""
        typed = self._asked(f"Type {wanted}{which} to agree, anything else to leave everything as it is: ")
        if typed.strip().casefold() != wanted:
            return None
        return inspection.consent("a person at a terminal", ConsentMethod.TERMINAL, typed.strip())

    def _show(self, number: int) -> None:
        page = self._listing.page(number, self._filter)
        self._page = page.number
        if self._filter.is_all:
            self._inspection.opened.add(page.number)
        if page.pages > 1 or not self._filter.is_all:
            self._say(f"Page {page.number:,} of {page.pages:,}, records: {page.matching:,}.", "bold")
        for row in page.rows:
            self._record(row, whole=False)

    def _whole(self, number: int) -> None:
        row = self._listing.row(number)
        if row is None:
            self._say(f"There is no record {number:,}.")
        else:
            self._record(row, whole=True)

    def _record(self, row: ListedRecord, *, whole: bool) -> None:
        self._say(f"{row.number:,}. {row.do} {row.which} on {row.layout}", "bold")
        table = Table.grid(padding=(0, 2))
        table.add_column(ratio=1, max_width=28)
        table.add_column(ratio=3, overflow="fold")
        for line in row.lines:
            table.add_row(Text(f"    {one_line(line.name)}"), self._change(line, whole=whole))
        self._console.print(table)

    def _change(self, line: ChangeLine, *, whole: bool) -> Text:
        before, after = (line.before, line.after) if whole else excerpts(line.before, line.after, most=SHORT)
        self._is_shortened = self._is_shortened or (before, after) != (line.before, line.after)
        if line.sense is Sense.SAYS:
            return _text(after)
        parts = [_text(before, "red strike"), Text(" -> ")] if before != "" else []
        last = (
            Text("gone", "dim") if line.is_gone else _text(after, "green") if after != "" else Text("(empty)")
        )
        return Text.assemble(*parts, last)

    def _totals(self) -> None:
        listing = self._listing
        self._say(
            f"In all {len(listing.rows):,} records, {listing.alike.different:,} different changes.", "bold"
        )
        table = Table("Field", "Records", "Different", "Sum now", "Sum then", box=None, pad_edge=False)
        for total in listing.totals[:MOST_TOTALS]:
            sums = (total.numbers.before, total.numbers.after) if total.numbers else ("", "")
            figures = (f"{total.records:,}", f"{total.different:,}{'+' * total.is_more}", *map(str, sums))
            table.add_row(Text(one_line(total.name)), *map(Text, figures))
        self._console.print(table)

    def _asked(self, question: str) -> str:
        try:
            return input(f"{beside('', question.rstrip(), sys.stdout)} ")
        except EOFError:
            return "q"

    def _say(self, words: str, style: str = "") -> None:
        self._console.print(Text(f" {one_line(words)}", style))


def _text(value: Value, style: str = "") -> Text:
    return Text(one_line(str(value)), style)
