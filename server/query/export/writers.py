"""Files of rows: CSV, XLSX and JSON lines."""

from __future__ import annotations

import contextlib
import csv
import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...criteria.quantity import moment_in, seconds_in
from ...dataapi.contents import Value

if TYPE_CHECKING:
    from io import TextIOWrapper

Row = Sequence[Value]
FORMULA = re.compile(r"(^|;)('*)(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""Where a spreadsheet would see the start of a formula, also behind blanks or returns, which some leave out, and also one of a country in which `;` stands between columns. An apostrophe
that the text has there gets another one, so that taking one off again restores every text."""
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMATS = {"date": "yyyy-mm-dd", "time": "[hh]:mm:ss", "timeStamp": "yyyy-mm-dd hh:mm:ss"}
AGREED = datetime(1900, 3, 1)  # noqa: DTZ001  (FileMaker keeps wall time, section 8.1)
"""The first day that is the same number in every spreadsheet."""
LONGEST_TIME = 9_999 * 3600
"""Seconds of the longest time that Excel takes."""
LONGEST_CELL = 32_767
"""Characters that a spreadsheet keeps of a text."""
LONGEST_EXACT = 15
"""Digits that a spreadsheet keeps of a number."""


class Writer(Protocol):
    @property
    def cut(self) -> int:
        """How many texts were longer than a cell holds."""
        ...

    def row(self, values: Row) -> None: ...

    def close(self) -> None:
        """The file is whole."""
        ...

    def abandon(self) -> None:
        """It never will be; lets go of it, whatever state it is in."""
        ...


def cell_text(text: str) -> str:
    """As it stands in a cell of a workbook, which has no room for more, and not each character."""
    return NOT_IN_XML.sub("", text[: 2 * LONGEST_CELL])[:LONGEST_CELL]


def csv_cells(values: Row) -> list[str]:
    """As they stand in a CSV file: no text acts as a formula, and numbers have all their digits."""
    return [guarded(v) if isinstance(v, str) else _digits(v) for v in values]


class CsvWriter:
    """UTF-8 with a mark, as Excel wants it; a text that could act as a formula gets an apostrophe in front."""

    cut = 0

    def __init__(self, path: Path, columns: Sequence[str], types: Sequence[str]) -> None:
        self._file: TextIOWrapper = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow([guarded(name) for name in columns])

    def row(self, values: Row) -> None:
        self._csv.writerow(csv_cells(values))

    def close(self) -> None:
        self._file.close()

    def abandon(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


class LinesWriter:
    """One JSON object a line; what is empty is left out, numbers keep every digit."""

    cut = 0

    def __init__(self, path: Path, columns: Sequence[str], types: Sequence[str]) -> None:
        self._file: TextIOWrapper = path.open("w", encoding="utf-8", newline="\n")
        self._columns = columns

    def row(self, values: Row) -> None:
        parts = [
            f"{json.dumps(name, ensure_ascii=False)}:{_digits(v) if not isinstance(v, str) else json.dumps(v, ensure_ascii=False)}"
            for name, v in zip(self._columns, values, strict=True)
            if v != ""
        ]
        self._file.write("{" + ",".join(parts) + "}\n")

    def close(self) -> None:
        self._file.close()

    def abandon(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


class SheetWriter:
    """Typed cells: dates as dates, numbers as numbers unless Excel would round them, all else as text."""

    def __init__(self, path: Path, columns: Sequence[str], types: Sequence[str]) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.worksheet import _writer

        self._path = path
        self._types = types
        self.cut = 0
        self._cell: Any = WriteOnlyCell
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("Records")
        rows = str(path.with_name("rows"))  # beside the file, and gone with what it lies in
        _writer.ALL_TEMP_FILES.append(rows)  # openpyxl removes it there, also when Python ends
        self._sheet._writer = _writer.WorksheetWriter(self._sheet, out=rows)
        self._sheet._writer.write_top()
        self._sheet.append([self._text(name) for name in columns])

    def row(self, values: Row) -> None:
        self._sheet.append([self._typed(v, kind) for v, kind in zip(values, self._types, strict=True)])

    def close(self) -> None:
        self._book.save(self._path)

    def abandon(self) -> None:
        """openpyxl keeps rows in a temporary file until it saves."""
        for let_go in (self._sheet.close, lambda: self._sheet._writer.cleanup()):
            with contextlib.suppress(Exception):  # a full disk may have left any of its parts half done
                let_go()

    def _typed(self, value: Value, kind: str) -> object:
        if value == "":
            return None
        if not isinstance(value, str):
            return (
                value
                if len(Decimal(value).as_tuple().digits) <= LONGEST_EXACT
                else self._text(_digits(value))
            )
        typed = self._moment(value, kind) if kind in FORMATS else None
        return self._text(value) if typed is None else typed

    def _moment(self, value: str, kind: str) -> object | None:
        """None for what a spreadsheet would show or keep otherwise: negative lengths of time, days on which programs differ, and
        parts of seconds that are too small."""
        if kind == "time":
            seconds = seconds_in(value)
            if seconds is None or not 0 <= seconds <= LONGEST_TIME or seconds * 1000 % 1:
                return None
            held: object = timedelta(milliseconds=int(seconds * 1000))
            is_whole = seconds % 1 == 0
        else:
            moment = moment_in(value)
            if moment is None or moment < AGREED or moment.microsecond % 1000:
                return None
            held = moment if kind == "timeStamp" else moment.date()
            is_whole = not moment.microsecond
        cell = self._cell(self._sheet, value=held)
        cell.number_format = FORMATS[kind] if is_whole else f"{FORMATS[kind]}.000"
        return cell

    def _text(self, text: str) -> object:
        """Never a formula, and without characters that XML does not have."""
        cell = self._cell(self._sheet, value=cell_text(text))
        self.cut += len(text) > LONGEST_CELL
        cell.data_type = "s"
        return cell


WRITERS: Mapping[str, Callable[[Path, Sequence[str], Sequence[str]], Writer]] = {
    "csv": CsvWriter,
    "xlsx": SheetWriter,
    "jsonl": LinesWriter,
}


def load(kind: str) -> None:
    """Imports what its writer needs. The first time takes long enough to be done beside the event loop."""
    if kind == "xlsx":
        importlib.import_module("openpyxl")


def guarded(text: str) -> str:
    return FORMULA.sub(r"\1'\2", text) if text else text


def _digits(value: Value) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
