"""Entries of the journal as rows of a file, for an audit."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, TextIO

from ...query.export.writers import guarded
from ..journal.journal_entry import Entry

COLUMNS = (
    "number",
    "at",
    "database",
    "caller",
    "client",
    "change",
    "step",
    "record",
    "event",
    "facts",
    "fields",
)


def row_of(entry: Entry, *, with_fields: bool) -> dict[str, Any]:
    """By `COLUMNS`. `with_fields`: with the contents of fields, where they are still kept."""
    row: dict[str, Any] = {
        "number": entry.number,
        "at": moment_of(entry),
        "database": entry.database,
        "caller": entry.who.caller.id,
        "client": entry.who.client,
        "change": entry.plan,
        "step": entry.step + 1,
        "record": entry.facts.get("record"),
        "event": entry.event,
        "facts": entry.facts,
    }
    return row | ({"fields": entry.image or {}} if with_fields else {})


def write_csv(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
    file.write(HEADINGS)
    file.writelines(map(csv_line, rows))


def csv_line(row: dict[str, Any]) -> str:
    return _line([_cell(row.get(name, "")) for name in COLUMNS])


def _line(cells: Sequence[object]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


HEADINGS = _line(COLUMNS)
"""The first line of a file."""


def moment_of(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.at).astimezone().isoformat(timespec="seconds")


def _cell(value: object) -> object:
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else value
    return guarded(text) if isinstance(text, str) else text
