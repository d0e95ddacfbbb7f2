"""Rows of a CSV or XLSX file, as text and numbers by column name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ...dataapi.models import Value
from ...errors import InputError
from ...local.files_folder import FoundFile
from ..plans.field_check import UNCHANGED

Row = Mapping[str, Value]
MOST_ROWS = 50_000


def rows_of(file: FoundFile) -> list[Row]:
    """Every row below the headings, without empty ones. Raises InputError for a file that is no table."""
    lines = _xlsx(file) if file.name.lower().endswith((".xlsx", ".xlsm")) else _csv(file)
    try:
        headings = [str(cell).strip() for cell in next(lines)]
    except StopIteration:
        raise InputError(f"{file.name!r} is empty", advice=UNCHANGED) from None
    named = [heading for heading in headings if heading]
    if len(set(named)) != len(named):
        raise InputError(f"{file.name!r} has two columns of the same name", advice=UNCHANGED)
    rows: list[Row] = []
    for cells in lines:
        row = {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading}
        if any(value != "" for value in row.values()):
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise InputError(f"{file.name!r} has more than {MOST_ROWS:,} rows", advice=UNCHANGED)
    if not rows:
        raise InputError(f"{file.name!r} has headings and no rows", advice=UNCHANGED)
    return rows


def _csv(file: FoundFile) -> Iterator[Sequence[Value]]:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = file.content.decode("cp1252")  # what spreadsheets on Windows write
        except UnicodeDecodeError as error:
            raise InputError(
                f"{file.name!r} is neither UTF-8 nor Windows text",
                advice=f"Save it as CSV in UTF-8. {UNCHANGED}",
            ) from error
    if "\x00" in text:
        raise InputError(f"{file.name!r} is no text file", advice=UNCHANGED)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InputError(f"{file.name!r} is no proper CSV: {error}", advice=UNCHANGED) from error


def _xlsx(file: FoundFile) -> Iterator[Sequence[Value]]:
    import openpyxl

    try:
        values = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True).worksheets[
            0
        ]
        formulas = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True).worksheets[0]
        for number, (seen, written) in enumerate(
            zip(values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True),
            start=1,
        ):
            yield [_cell(file, number, *pair) for pair in zip(seen, written, strict=True)]
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file makes it stumble over
        raise InputError(f"{file.name!r} is no readable XLSX file", advice=UNCHANGED) from error


def _cell(file: FoundFile, row: int, value: Any, written: Any) -> Value:
    if value is None and isinstance(written, str) and written.startswith("="):
        raise InputError(
            f"Row {row} of {file.name!r} holds the formula {written!r}, and no result was saved with it",
            advice=f"Save the file with values instead of formulas. {UNCHANGED}",
        )
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        number = Decimal(repr(value))
        return int(number) if number == number.to_integral_value() else number
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return str(value)
