"""Lines in a sheet of their own: an invoice's header in one, its lines in another, joined by what both have in a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from ...criteria.targets import portal_called
from ...dataapi.layout_meta import LayoutMeta
from ...documents.sheet import Sheet, SheetRow
from ...errors import InputError
from ...text.plain_parts import Listed, Name
from ...text.sentence import say
from ..plans.field_check import UNCHANGED
from .faulty_rows import FaultyRow
from .read_row import ReadRows, SheetRecord, record_of
from .row_notes import TOLD
from .sheet_columns import ColumnMap, column_map
from .sheet_request import SheetRequest
from .sheet_values import forms_of

TAKES = {"file", "sheet", "by", "map"}
FORM = (
    '"Portal": {"sheet": "Lines", "by": "Invoice No"}, with "file" for another file and "map" for its columns'
)


@dataclass(frozen=True)
class LineSheet:
    """`by` is the heading under which both sheets name the record."""

    portal: str
    by: str
    request: SheetRequest

    def with_lines(
        self, meta: LayoutMeta, headers: Sheet, read: ReadRows, lines: Sheet
    ) -> tuple[ReadRows, list[str]]:
        """The records with their related rows, and what is told. A record with a faulty line is faulty as a whole: an invoice
        that lacks one would be wrong. Raises InputError where a column is missing or two records have one name."""
        at, line_at = _place(headers, self.by), _place(lines, self.by)
        owners: dict[str, SheetRecord] = {}
        for record in read.records:
            name = _named(record.rows[0], at)
            if name and owners.setdefault(name, record) is not record:
                raise InputError(
                    f"{self.by!r} is {name!r} in row {owners[name].number} and in row {record.number} of {_called(headers)}",
                    advice=f"Lines belong to one record. {UNCHANGED}",
                )
        columns = self._columns(meta, lines)
        forms = forms_of(columns, lines.rows, self.request.format)
        strays: list[str] = []
        spoilt: dict[str, str] = {}
        joined = 0
        for row in lines.rows:
            name = _named(row, line_at)
            made = record_of(meta, columns, row, len(lines.headings), forms, clear_empty=False)
            if name not in owners:
                strays.append(say("row %(row)s (%(key)s)", row=row.number, key=_written(row, line_at) or "-"))
            elif isinstance(made, FaultyRow):
                spoilt.setdefault(name, f"its line in row {row.number} of {_called(lines)}: {made.why}")
            else:
                joined += 1
                for portal, rows in made.related.items():
                    owners[name].related.setdefault(portal, []).extend(rows)
        faulty = [FaultyRow(row, why) for name, why in spoilt.items() for row in owners[name].rows]
        whole = tuple(record for record in read.records if _named(record.rows[0], at) not in spoilt)
        sentences: list[str] = [
            say(
                "%(count)s lines of %(sheet)s belong to their records by %(column)s.",
                count=joined,
                sheet=Name(_name_of(lines)),
                column=Name(self.by),
            )
        ]
        if strays:
            rows = Listed.of(strays, TOLD, "; ")
            sentences.append(
                say(
                    "%(count)s lines belong to no row and are left out: %(rows)s.",
                    count=len(strays),
                    rows=rows,
                )
            )
        return ReadRows(whole, (*read.faulty, *faulty)), [*sentences, *lines.words(), *forms.words()]

    def _columns(self, meta: LayoutMeta, lines: Sheet) -> ColumnMap:
        portal = portal_called(meta, self.portal)
        if portal is None:
            raise InputError(
                f"map: {meta.name!r} has no portal {self.portal!r}",
                advice=f"It has {', '.join(repr(p) for p in meta.portals) or 'none'}. {UNCHANGED}",
            )
        given: dict[str, object] = {
            heading.strip(): heading if "::" in heading else f"{portal.name}::{heading.strip()}"
            for heading in lines.headings
            if heading.strip()
        }
        given[lines.headings[_place(lines, self.by)].strip()] = None
        for heading, target in self.request.columns.items():
            is_bare = isinstance(target, str) and "::" not in target
            given[heading] = f"{portal.name}::{target}" if is_bare else target
        columns = column_map(meta, lines.headings, given)
        if stray := next((c for c in columns.columns if c.portal != portal.name), None):
            raise InputError(
                f"map: {stray.name!r} is no field of the portal {portal.name!r}", advice=UNCHANGED
            )
        return columns


def line_sheets(request: SheetRequest) -> tuple[SheetRequest, tuple[LineSheet, ...]]:
    """The request without its sheets of lines, and those. Raises InputError for one of no known form."""
    found: list[LineSheet] = []
    columns: dict[str, object] = {}
    for name, target in request.columns.items():
        parts = cast("Mapping[str, object]", target if isinstance(target, Mapping) else {})
        if "by" not in parts:
            columns[name] = target
            continue
        file, sheet, by, inner = (parts.get(each) for each in ("file", "sheet", "by", "map"))
        if (
            set(parts) - TAKES
            or not isinstance(by, str)
            or not isinstance(file, str | None)
            or not isinstance(sheet, str | None)
            or not (file or sheet)
            or not isinstance(inner, Mapping | None)
        ):
            raise InputError(f"map: {name!r} is of no known form", advice=f"It takes {FORM}. {UNCHANGED}")
        own = replace(
            request, file=file or request.file, sheet=sheet, columns=cast("Mapping[str, object]", inner or {})
        )
        found.append(LineSheet(name, by.strip(), own))
    return replace(request, columns=columns), tuple(found)


def _place(sheet: Sheet, heading: str) -> int:
    found = [at for at, each in enumerate(sheet.headings) if each.strip().casefold() == heading.casefold()]
    if len(found) != 1:
        raise InputError(
            f"{_called(sheet)} has {'no column' if not found else 'two columns'} {heading!r}",
            advice=f"It has {', '.join(repr(h) for h in sheet.headings[:20])}. {UNCHANGED}",
        )
    return found[0]


def _named(row: SheetRow, at: int) -> str:
    """What names the record; capitals make no difference, as in FileMaker."""
    return _written(row, at).casefold()


def _written(row: SheetRow, at: int) -> str:
    return str(row.cells[at]).strip() if at < len(row.cells) else ""


def _called(sheet: Sheet) -> str:
    return repr(_name_of(sheet))


def _name_of(sheet: Sheet) -> str:
    return str(sheet.facts.get("sheet", sheet.name))
