"""Rows of a CSV or XLSX file as a child process reads them: lists of text, whole numbers, and `{"n": "1.50"}` for fractions."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..errors import InputError
from .bounds import MOST_CELLS, MOST_LINES, MOST_ROWS, UNPACKED

UNCHANGED = "Nothing was changed."
Cell = str | int | dict[str, str]


def rows(name: str, content: bytes) -> Iterator[list[Cell]]:
    """The headings, then every row that is not empty. Raises InputError for a file that is no table, or beyond a bound."""
    is_sheet = name.lower().endswith((".xlsx", ".xlsm"))
    lines = _xlsx(name, content) if is_sheet else _csv(name, content)
    cells = filled = 0
    for number, line in enumerate(lines):
        if number > MOST_LINES:
            raise _beyond(name, f"more than {MOST_LINES:,} lines, empty ones included")
        cells += len(line)
        if cells > MOST_CELLS:
            raise _beyond(name, f"more than {MOST_CELLS:,} cells")
        if number == 0 or any(cell != "" for cell in line):
            filled += 1
            if filled > MOST_ROWS + 1:
                raise _beyond(name, f"more than {MOST_ROWS:,} rows")
            yield list(line)


def _beyond(name: str, what: str) -> InputError:
    return InputError(f"{name!r} has {what}", advice=f"Take a part of it. {UNCHANGED}")


def _csv(name: str, content: bytes) -> Iterator[Sequence[Cell]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")  # what spreadsheets on Windows write
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name!r} is neither UTF-8 nor Windows text", advice=f"Save it as CSV in UTF-8. {UNCHANGED}"
            ) from error
    if "\x00" in text:
        raise InputError(f"{name!r} is no text file", advice=UNCHANGED)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(10_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InputError(f"{name!r} is no proper CSV: {error}", advice=UNCHANGED) from error


def _xlsx(name: str, content: bytes) -> Iterator[Sequence[Cell]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED:
            raise _beyond(name, f"{size:,} bytes when it is unpacked, and at most {UNPACKED:,} are read")
        seen, written = (
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values).worksheets[0]
            for values in (True, False)
        )
        for sheet in (seen, written):
            sheet.reset_dimensions()  # what a file says of its own size may be anything
        pairs = zip(seen.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=True)
        for number, pair in enumerate(pairs, start=1):
            yield [_cell(name, number, *each) for each in zip(*pair, strict=True)]
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise InputError(
            f"{name!r} is no XLSX file that can be read ({type(error).__name__})", advice=UNCHANGED
        ) from error


def _cell(name: str, row: int, value: Any, written: Any) -> Cell:
    if value is None and isinstance(written, str) and written.startswith("="):
        raise InputError(
            f"Row {row} of {name!r} holds the formula {written[:80]!r}, and no result was saved with it",
            advice=f"Save the file with values instead of formulas. {UNCHANGED}",
        )
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        return int(number) if number == number.to_integral_value() else {"n": format(number, "f")}
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return str(value)
