"""Rows of a CSV or XLSX file as a child process reads them: a line of facts, then each row with its number in the file.

Cells are text, whole numbers, `{"n": "1.50"}` for fractions, and `{"x": "=A1"}` for a formula that was saved without its result; with `why` for another cell without a value.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import InputError
from ..text.near_names import near
from .bounds import MOST_CELLS, MOST_COLUMNS, MOST_LINES, MOST_PLACES, MOST_ROWS, UNPACKED, ZIP
from .delimited_text import SPOKEN, delimited
from .odd_cells import OddCells
from .sheet_marks import marks
from .text_encoding import decoded
from .workbook_cells import Cell, unreadable, workbook_cells

UNCHANGED = "Nothing was changed."

Line = dict[str, Any] | list[Any]
OLE = b"\xd0\xcf\x11\xe0"


def rows(
    name: str, content: bytes, sheet: str | None = None, form: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """`{"facts": {...}}`, then `[number, cell, ...]` for the headings and every row that is not empty, and further facts.

    Raises InputError for a file that is no table, or beyond a bound.
    """
    _refuse_others(name, content)
    percentages: set[int] = set()
    facts, lines = (
        _xlsx(name, content, sheet, percentages)
        if content.startswith(ZIP)
        else _text(name, content, form or {})
    )
    yield {"facts": facts}
    cells = filled = width = 0
    odd = OddCells()
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise _beyond(name, f"more than {MOST_LINES:,} lines, empty ones included")
        if len(line) > MOST_COLUMNS:
            raise _beyond(name, f"more than {MOST_COLUMNS:,} columns")
        cells += len(line)
        if cells > MOST_CELLS:
            raise _beyond(name, f"more than {MOST_CELLS:,} cells")
        if any(cell != "" for cell in line):
            filled += 1
            if filled > MOST_ROWS + 1:
                raise _beyond(name, f"more than {MOST_ROWS:,} rows")
            width = max(width, len(line))
            if filled * width > MOST_PLACES:
                raise _beyond(name, f"{width:,} columns and more than {MOST_PLACES // width:,} rows")
            odd.look(number, line)
            yield [number, *line]
    more = odd.facts() | ({"percentages": sorted(percentages)} if percentages else {})
    if more:
        yield {"facts": more}


def _refuse_others(name: str, content: bytes) -> None:
    """Files that carry the name of a sheet and are something else."""
    head = content[:512].lstrip().lower()
    if content.startswith(OLE):
        what = (
            "is locked with a password"
            if name.lower().endswith(".xlsx")
            else "is an Excel file of before 2007"
        )
    elif head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        what = "is a web page, whatever its name says"
    elif head.startswith(b"<?xml"):
        what = "is an XML file"
    elif head.startswith((b"{", b"[")) and _is_json(content):
        what = "is a file of JSON"
    else:
        return
    raise InputError(f"{name!r} {what}", advice=f"Open it and save it as XLSX or CSV. {UNCHANGED}")


def _beyond(name: str, what: str) -> InputError:
    return InputError(f"{name!r} has {what}", advice=f"Take a part of it. {UNCHANGED}")


def _text(
    name: str, content: bytes, form: Mapping[str, str]
) -> tuple[dict[str, Any], Iterator[Sequence[Cell]]]:
    read = decoded(name, content, form.get("encoding"), form.get("delimiter"))
    table = delimited(name, read.text, form.get("delimiter"))
    facts = {
        "encoding": read.encoding,
        "delimiter": SPOKEN.get(table.delimiter, table.delimiter),
        "guessed": [
            *(["encoding"] if read.is_guess else []),
            *(["delimiter"] if table.is_guess else []),
        ],
        **read.facts(),
    }
    return facts, table.rows(name)


def _xlsx(
    name: str, content: bytes, sheet: str | None, percentages: set[int]
) -> tuple[dict[str, Any], Iterator[Sequence[Cell]]]:
    """`percentages` gets the places of the columns that show some."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        if any(part.filename.startswith("Index/") for part in parts):
            raise InputError(
                f"{name!r} is a Numbers document", advice=f"Export it as CSV or Excel. {UNCHANGED}"
            )
        size = sum(part.file_size for part in parts)
        if size > UNPACKED:
            raise _beyond(name, f"{size:,} bytes when it is unpacked, and at most {UNPACKED:,} are read")
        seen, written = (
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
            for values in (True, False)
        )
        sheets = list(seen.sheetnames)
        chosen = sheets[0] if sheet is None else _sheet_called(name, sheets, sheet)
        place: Any = seen[chosen]
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            archive.open(place._worksheet_path) as part,
        ):
            marked = marks(part)
        lines = workbook_cells(name, seen[chosen], written[chosen], percentages)
        return {"sheets": sheets, "sheet": chosen, **marked}, lines
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise unreadable(name, error) from error


def _sheet_called(name: str, sheets: Sequence[str], sheet: str) -> str:
    found = next((each for each in sheets if each.casefold() == sheet.strip().casefold()), None)
    if found is None:
        close = near(sheet, sheets)
        meant = f"Did you mean {close[0]!r}? " if close else ""
        raise InputError(
            f"{name!r} has no sheet {sheet!r}",
            advice=f"{meant}It has {', '.join(repr(s) for s in sheets[:20])}. {UNCHANGED}",
        )
    return found


def _is_json(content: bytes) -> bool:
    """Whether its first line is, whole or as one of many (JSON lines)."""
    first = content.lstrip().split(b"\n", 1)[0].strip()
    try:
        return first in (b"{", b"[") or isinstance(json.loads(first), dict | list)
    except (ValueError, RecursionError):
        return False
