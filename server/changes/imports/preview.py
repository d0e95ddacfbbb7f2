"""A sheet before it is imported: its columns with examples, how it was read, and where its columns could go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dataapi.layout_meta import LayoutMeta
from ...documents.column_forms import date_form, decimal_form
from ...documents.sheet import NoResult, Sheet, SheetRow
from ...query.export.id_column import names_records
from ...text.near_names import near
from .column_field import field_meant, target_of

EXAMPLES, LONGEST = 3, 40
LOOKED_AT = 2_000
"""Rows by which forms are judged."""
RECORD_ID = "the record's id"
MOST_COLUMNS = 200
"""Columns that are told one by one."""


def preview(sheet: Sheet, meta: LayoutMeta | None) -> dict[str, Any]:
    """`columns` with `examples`, `numbers` and `dates` as written there, `field` where a layout is given; `rows` counted;
    `more_columns`, how many are not told."""
    rows = tuple(sheet.rows[:LOOKED_AT])
    headed = [(at, heading) for at, heading in enumerate(sheet.headings) if heading.strip()]
    columns = [_column(sheet, rows, at, heading, meta) for at, heading in headed[:MOST_COLUMNS]]
    more = {"more_columns": len(headed) - MOST_COLUMNS} if len(headed) > MOST_COLUMNS else {}
    return {"file": sheet.name, **sheet.facts, "rows": len(sheet.rows), "columns": columns, **more}


def _column(
    sheet: Sheet, rows: Sequence[SheetRow], at: int, heading: str, meta: LayoutMeta | None
) -> dict[str, Any]:
    cells = [row.cells[at] for row in rows if at < len(row.cells) and row.cells[at] != ""]
    texts = [cell for cell in cells if isinstance(cell, str)]
    shown = [cell.formula if isinstance(cell, NoResult) else str(cell) for cell in cells]
    facts: dict[str, Any] = {
        "heading": heading.strip(),
        "examples": [s[:LONGEST] for s in dict.fromkeys(shown)][:EXAMPLES],
    }
    if len(cells) < len(rows):
        facts["empty"] = len(rows) - len(cells)
    dates, numbers = date_form(texts), decimal_form(texts)
    if texts and (dates.name or dates.readings):
        facts["dates"] = dates.name or "ask: " + " or ".join(reading for _, reading in dates.readings)
    elif texts and (numbers.name or numbers.readings):
        facts["decimal"] = numbers.name or "ask: " + " or ".join(reading for _, reading in numbers.readings)
    if meta is not None:
        facts |= _field(meta, heading.strip(), sheet.headings)
    return facts


def _field(meta: LayoutMeta, heading: str, headings: Sequence[str]) -> dict[str, Any]:
    if names_records(meta, heading):
        field = field_meant(meta, heading, headings)
        return {"field": None, "perhaps": [RECORD_ID, field]} if field else {"field": RECORD_ID}
    name = target_of(meta, heading)
    if name is not None:
        return {"field": name}
    close = near(heading, list(meta.fields))
    return {"field": None, "perhaps": list(close[:2])} if close else {"field": None}
