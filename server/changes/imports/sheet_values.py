"""What the cells of a column mean for the field that they go to: numbers, dates and texts, and the cells that mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from ...dataapi.contents import Value
from ...documents.column_forms import date_form, date_read, decimal_form, number_read
from ...documents.sheet import Cell, NoResult, SheetRow
from ...errors import InputError
from ...text.sentence import marked, say
from ..plans.field_check import UNCHANGED
from .sheet_columns import Column, ColumnMap

GUARDED = re.compile(r"(^|;)'('*)(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""The apostrophe that our own exports put before what a spreadsheet would take for a formula."""
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*([AaPp][Mm])?")
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

    def words(self) -> list[str]:
        sentences: list[str] = [say(DECIMALS[self.decimal])] if self.decimal else []
        return sentences + ([say(ORDERS[self.dates])] if self.dates else [])


@dataclass(frozen=True)
class Faulty:
    """A cell that cannot be what its field needs."""

    column: str
    cell: str
    why: str


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
    return Forms(decimal.name, order.name)


def _cells(columns: ColumnMap, rows: Sequence[SheetRow], types: tuple[str, ...]) -> Iterator[str]:
    places = [column.position for column in columns.columns if column.meta.type in types]
    return (
        cell
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
        return Faulty(
            column.heading, cell.formula, "is a formula without a result; save the file with values"
        )
    if isinstance(cell, str):
        cell = unguarded(cell)
        if "#" in cell and cell.strip() in ERRORS:
            return Faulty(column.heading, cell, "is what a failed formula shows")
        if cell == "" or kind == "text":
            return cell
        return _from_text(column, cell.strip(), kind, forms)
    if kind == "number" or kind == "text":
        return cell if kind == "number" else str(cell)
    return Faulty(column.heading, str(cell), f"a number is no {_spoken(kind)}")


def _from_text(column: Column, text: str, kind: str, forms: Forms) -> Value | Faulty:
    if not text:
        return ""
    if kind == "number":
        number = number_read(text, forms.decimal or "point")
        why = "is a percentage; write 0.19 or 19" if text.endswith("%") else "is no number"
        return Faulty(column.heading, text, why) if number is None else _plain(number)
    if kind == "date":
        day = date_read(text, forms.dates or "ymd")
        return Faulty(column.heading, text, "is no date") if day is None else day.isoformat()
    if kind == "time":
        moment = _time(text)
        return Faulty(column.heading, text, "is no time of day") if moment is None else moment
    if kind == "timeStamp":
        return _timestamp(column, text, forms)
    return text


def _timestamp(column: Column, text: str, forms: Forms) -> Value | Faulty:
    head, _, tail = text.replace("T", " ", 1).partition(" ")
    day = date_read(head, forms.dates or "ymd")
    moment = _time(tail.strip()) if tail.strip() else "00:00:00"
    if day is None or moment is None:
        return Faulty(column.heading, text, "is no date and time")
    return f"{day.isoformat()}T{moment}"


def _time(text: str) -> str | None:
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), Decimal((found[3] or "0").replace(",", "."))
    half = (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    try:
        whole = time(hour, minute, int(second)).isoformat(timespec="seconds")
    except ValueError:
        return None
    return f"{whole}{format(second % 1, 'f')[1:]}" if second % 1 else whole


def _plain(number: Decimal) -> Value:
    return int(number) if number == number.to_integral_value() and abs(number.adjusted()) < 18 else number


def _spoken(kind: str) -> str:
    return {"date": "date", "time": "time of day", "timeStamp": "date and time"}.get(kind, kind)
