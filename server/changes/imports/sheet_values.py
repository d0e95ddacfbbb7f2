"""What the cells of a column mean for the field that they go to: numbers, dates and texts, and the cells that mean nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...dataapi.contents import Value
from ...dataapi.wire import plain
from ...documents.column_forms import MINUS, date_form, date_read, decimal_form, number_text
from ...documents.sheet import Cell, NoResult, SheetRow
from ...errors import InputError
from ...text.lengths_of_time import seconds_of, time_text
from ...text.plain_parts import Listed
from ...text.sentence import marked, say
from ..plans.field_check import UNCHANGED, typed
from .column_field import Column
from .sheet_columns import ColumnMap

GUARDED = re.compile(r"(^|;)'('*)(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""The apostrophe that our own exports put before what a spreadsheet would take for a formula."""
HALF = re.compile(r"(0?[1-9]|1[0-2])(:\d[\d:.]*)\s*([AaPp])\.?[Mm]\.?")
"""A time of the morning or the afternoon, by a clock of twelve hours."""
PLAIN = re.compile(r"-?\d+(?:[.,]\d{1,2})?")
"""What most cells of numbers look like: nothing is taken off them, or it is told by the decimal mark."""
MOST_SIGNS = 4
SHOWN = 60
"""Characters of a faulty cell that are told."""
DAY = 86_400
"""Seconds."""
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
"""What a spreadsheet shows where a formula failed."""


DECIMALS = {
    "point": marked("Numbers have a decimal point."),
    "comma": marked("Numbers have a decimal comma."),
}
ORDERS = {
    "dmy": marked("Dates are day, month, year."),
    "mdy": marked("Dates are month, day, year."),
    "ymd": marked("Dates are year, month, day."),
}


@dataclass(frozen=True)
class Forms:
    """How the file writes numbers (`point`, `comma`) and dates (`dmy`, `mdy`, `ymd`); None where it writes none."""

    decimal: str | None
    dates: str | None
    signs: tuple[tuple[str, str], ...] = ()
    """Cells with other signs than a decimal mark, and the numbers that they mean: one of each kind."""

    def words(self) -> list[str]:
        sentences: list[str] = [say(DECIMALS[self.decimal])] if self.decimal else []
        if self.signs:
            shown = Listed.of((f"{cell} = {number}" for cell, number in self.signs), separator="; ")
            sentences.append(say("Read as numbers: %(cells)s.", cells=shown))
        return sentences + ([say(ORDERS[self.dates])] if self.dates else [])

    @property
    def is_any(self) -> bool:
        return bool(self.decimal or self.dates)

    def given(self) -> str:
        """As the parameter `format` takes it."""
        forms = {"decimal": self.decimal, "dates": self.dates}
        return json.dumps({name: form for name, form in forms.items() if form})

    def number_text(self, number: Decimal) -> str:
        """As the file writes numbers."""
        text = plain(number)
        return text.replace(".", ",") if self.decimal == "comma" else text


NO_FORMS = Forms(None, None)
"""Of a column of texts."""


@dataclass(frozen=True)
class Faulty:
    """A cell that cannot be what its field needs."""

    column: str
    cell: str
    why: str

    def __str__(self) -> str:
        shown = self.cell if len(self.cell) <= SHOWN else f"{self.cell[:SHOWN]}..."
        return f"{self.column!r} holds {shown!r}, which {self.why}"


def forms_of(columns: ColumnMap, rows: Sequence[SheetRow], given: Mapping[str, str]) -> Forms:
    """Raises InputError where the cells fit two readings that mean different things: which one is asked."""
    numbers, dates = _cells(columns, rows, ("number",)), _cells(columns, rows, ("date", "timeStamp"))
    decimal = decimal_form(numbers, given.get("decimal"))
    order = date_form((cell.partition(" ")[0] for cell in dates), given.get("dates"))
    asked = [
        (what, setting, form.readings)
        for form, what, setting in ((decimal, "numbers", "decimal"), (order, "dates", "dates"))
        if form.readings
    ]
    if asked:
        whats = " and the ".join(what for what, _, _ in asked)
        ways = "; ".join(
            f"{one} ({first}) or {two} ({second})" for _, _, ((first, one), (second, two)) in asked
        )
        answer = ", ".join(f'"{setting}": "{readings[0][0]}"' for _, setting, readings in asked)
        raise InputError(
            f"The {whats} of the file can be read in two ways: {ways}",
            advice=f"Say which: format = {{{answer}}}. {UNCHANGED}",
        )
    mark = decimal.name or "point"
    return Forms(decimal.name, order.name, _signs(_cells(columns, rows, ("number",)), mark))


def _signs(cells: Iterator[str], decimal: str) -> tuple[tuple[str, str], ...]:
    """What is taken off is never taken off without a word: thousands, a currency, brackets, a minus of another kind."""
    shown: dict[frozenset[str], tuple[str, str]] = {}
    for cell in cells:
        if PLAIN.fullmatch(cell):
            continue
        text = cell.strip()
        number = number_text(text, decimal)
        if number is None or number == (text.replace(",", ".") if decimal == "comma" else text):
            continue
        shown.setdefault(frozenset(c for c in text if not c.isdigit()), (text, number))
        if len(shown) == MOST_SIGNS:
            break
    return tuple(shown.values())


def _cells(columns: ColumnMap, rows: Sequence[SheetRow], types: tuple[str, ...]) -> Iterator[str]:
    places = [column.position for column in columns.columns if column.meta.type in types]
    return (
        unguarded(cell)
        for row in (rows if places else ())
        for at in places
        if at < len(row.cells) and isinstance(cell := row.cells[at], str)
    )


def unguarded(cell: str) -> str:
    """The text as it was before one of our own files of rows put an apostrophe there."""
    return GUARDED.sub(r"\1\2", cell) if "'" in cell else cell


def value_of(column: Column, cell: Cell, forms: Forms) -> Value | Faulty:
    """The value for the field, dates as ISO; or why it is none. An empty cell stays empty."""
    kind = column.meta.type
    if isinstance(cell, NoResult):
        return Faulty(column.heading, cell.formula, cell.why)
    if isinstance(cell, str):
        cell = unguarded(cell)
        if "#" in cell and cell.strip() in ERRORS:
            return Faulty(column.heading, cell, "is what a failed formula shows")
        if cell == "" or kind == "text":
            return cell
        return _from_text(column, cell.strip(), kind, forms)
    if kind == "number" or kind == "text":
        return cell if kind == "number" else plain(cell)
    return Faulty(column.heading, str(cell), f"a number is no {_spoken(kind)}")


def _from_text(column: Column, text: str, kind: str, forms: Forms) -> Value | Faulty:
    if not text:
        return ""
    if kind == "number":
        number = number_text(text, forms.decimal or "point")
        why = "is a percentage; write 0.19 or 19" if text.endswith("%") else "is no number"
        return Faulty(column.heading, text, why) if number is None else typed(column.meta, number)
    if kind == "date":
        day = date_read(text, forms.dates or "ymd")
        return Faulty(column.heading, text, "is no date") if day is None else day.isoformat()
    if kind == "time":
        seconds = _seconds(text)
        return Faulty(column.heading, text, "is no time") if seconds is None else time_text(seconds)
    if kind == "timeStamp":
        return _timestamp(column, text, forms)
    return text


def _timestamp(column: Column, text: str, forms: Forms) -> Value | Faulty:
    head, _, tail = text.replace("T", " ", 1).partition(" ")
    day = date_read(head, forms.dates or "ymd")
    seconds = _seconds(tail) if tail.strip() else Decimal(0)
    if day is None or seconds is None or not 0 <= seconds < DAY:
        return Faulty(column.heading, text, "is no date and time")
    return f"{day.isoformat()}T{time_text(seconds)}"


def _seconds(text: str) -> Decimal | None:
    """A time of day, or a length of time, which may pass 24 hours and be negative."""
    plain = text.strip().replace(",", ".")
    plain = f"-{plain[1:]}" if plain[:1] in tuple(MINUS) else plain
    half = HALF.fullmatch(plain)
    if half is None:
        return seconds_of(plain)
    return seconds_of(f"{int(half[1]) % 12 + (12 if half[3] in 'Pp' else 0)}{half[2]}")


def _spoken(kind: str) -> str:
    return {"date": "date", "time": "time", "timeStamp": "date and time"}.get(kind, kind)
