"""CSV files to rows of stored text: one column per field or repetition, dates in ISO or US form."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...model import Field, FieldKind, FieldType, Table
from ...values.readings import LAST_YEAR, without_exponent
from ...values.values import BadValue, from_input
from .definition_draft import Sheet
from .mistakes import Mistake, nearest

_REPETITION = re.compile(r"(.+)\((\d+)\)")
_REMEMBERED = 20_000


@dataclass(frozen=True)
class CsvColumn:
    field: Field
    repetition: int


def data_files(sheet: Sheet, folder: Path) -> Mapping[str, Path]:
    """The CSV file of each table that has one. Its heading is checked here, its rows when they are read."""
    files: dict[str, Path] = {}
    for name, shape in sheet.shape.tables.items():
        path = folder / (shape.data or f"data/{name}.csv")
        if not path.is_file():
            if shape.data is not None:
                sheet.findings.add(
                    ("tables", name, "data"), f"There is no file {shape.data!r} in the folder."
                )
            continue
        heading = _heading(path, sheet.findings.mistakes)
        if heading is not None:
            files[name] = path
            _columns(sheet.tables[name], path, heading, sheet.findings.mistakes)
    return files


def _heading(path: Path, mistakes: list[Mistake]) -> list[str] | None:
    """None for a file of which nothing can be read, which is a mistake."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading = next(csv.reader(file), list[str]())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        mistakes.append(_unreadable(path, error))
        return None
    other = next((sign for sign in (";", "\t") if len(heading) == 1 and sign in heading[0]), None)
    if other is not None:
        message = f"The columns are separated by {other!r}; separate them with commas."
        mistakes.append(Mistake(path.name, 1, "", message))
        return None
    return heading


def _unreadable(path: Path, error: OSError | UnicodeDecodeError | csv.Error) -> Mistake:
    if isinstance(error, OSError):
        return Mistake(path.name, 1, "", f"The file cannot be read: {error.strerror}.")
    if isinstance(error, csv.Error):
        return Mistake(path.name, 1, "", f"This is not CSV: {error}.")
    with path.open("rb") as file:
        line = next((number for number, line in enumerate(file, 1) if not _is_text(line)), 1)
    return Mistake(path.name, line, "", "This is not UTF-8 text; save it as UTF-8 (in Excel: 'CSV UTF-8').")


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_rows(
    table: Table, path: Path, mistakes: list[Mistake], *, exponents: bool = False
) -> Iterator[dict[str, tuple[str, ...]]]:
    """The rows of one CSV file as the store keeps them; a row of another length than the heading is reported.

    Text that is no date or time is kept as it is: real files hold such text, imported or typed before a field changed its
    type, and Find mode finds it by `?`. With `exponents` the cell `1e5` of a number field is 100000.
    """
    try:
        yield from _rows(table, path, mistakes, exponents)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        mistakes.append(_unreadable(path, error))


def _rows(
    table: Table, path: Path, mistakes: list[Mistake], exponents: bool
) -> Iterator[dict[str, tuple[str, ...]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        columns = _columns(table, path, next(reader, list[str]()), mistakes)
        reading = [
            None if each is None else (each.field.name, each.repetition, _reading(each.field, exponents))
            for each in columns
        ]
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(columns):
                message = f"The row has {len(cells)} values and the heading {len(columns)}; quote values with commas."
                mistakes.append(Mistake(path.name, reader.line_num, "", message))
            row: dict[str, tuple[str, ...]] = {}
            for read, cell in zip(reading, cells, strict=False):
                if read is None or cell == "":
                    continue
                name, repetition, stored = read
                text = stored(cell)
                if repetition == 1 and name not in row:
                    row[name] = (text,)
                else:
                    before = row.get(name, ())
                    texts = [*before, *[""] * (repetition - len(before))]
                    texts[repetition - 1] = text
                    row[name] = tuple(texts)
            yield row


def _reading(field: Field, exponents: bool) -> Callable[[str], str]:
    """How a cell becomes the field's stored text."""
    if field.type is FieldType.TEXT:
        return _with_returns
    if field.type in {FieldType.NUMBER, FieldType.CONTAINER}:
        return without_exponent if exponents and field.type is FieldType.NUMBER else str
    known: dict[str, str] = {}  # the same days come again and again

    def stored(cell: str) -> str:
        text = known.get(cell)
        if text is None:
            text = _from_iso(field.type, cell)
            if text is None:
                text = _typed_in(field.type, cell)
            if len(known) < _REMEMBERED:
                known[cell] = text
        return text

    return stored


def _with_returns(cell: str) -> str:
    return cell.replace("\r\n", "\r").replace("\n", "\r") if "\n" in cell else cell


def _typed_in(field_type: FieldType, cell: str) -> str:
    is_iso = cell[4:5] == "-"
    try:
        return from_input(field_type, cell.replace("T", " ", 1) if is_iso else cell, 2 if is_iso else 0)
    except BadValue:
        return _with_returns(cell)


def _from_iso(field_type: FieldType, cell: str) -> str | None:
    """The stored form of a full ISO date or timestamp: what most columns hold, and a million rows cannot wait for."""
    is_date = field_type is FieldType.DATE and len(cell) == 10
    is_stamp = field_type is FieldType.TIMESTAMP and len(cell) == 19
    if not (is_date or is_stamp) or cell[4] != "-" or cell[7] != "-":
        return None
    try:
        year = datetime.fromisoformat(cell).year
    except ValueError:
        return None
    return (
        f"{cell[5:7]}/{cell[8:10]}/{cell[:4]}{' ' if is_stamp else ''}{cell[11:]}"
        if year <= LAST_YEAR
        else None
    )


def _columns(table: Table, path: Path, heading: list[str], mistakes: list[Mistake]) -> list[CsvColumn | None]:
    columns: list[CsvColumn | None] = []
    for name in heading:
        found = table.fields.get(name)
        repetition = 1
        pattern = _REPETITION.fullmatch(name)
        if found is None and pattern is not None:
            found, repetition = table.fields.get(pattern[1]), int(pattern[2])
        problem = _column_problem(table, name, found, repetition)
        if problem is not None:
            mistakes.append(Mistake(path.name, 1, name, problem))
        columns.append(CsvColumn(found, repetition) if found is not None and problem is None else None)
    return columns


def _column_problem(table: Table, name: str, field: Field | None, repetition: int) -> str | None:
    if field is None:
        return f"The table {table.name!r} has no field {name!r}. {nearest(name, table.fields)}"
    if not 1 <= repetition <= field.repetitions:
        return f"{field.name!r} has {field.repetitions} repetitions; there is no number {repetition}."
    if field.kind is not FieldKind.NORMAL:
        return f"{name!r} is computed; take the column out."
    return None
