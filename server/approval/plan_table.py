"""Every difference of a plan as CSV, for a person who looks at it in a spreadsheet: the rows of its pages, all of them, and what
became of each once that is known."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from itertools import islice
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from ..changes.display.listed_records import ListedRecord
from ..changes.display.plan_display import Sense
from ..changes.display.plan_listing import PlanListing
from ..changes.plans.outcome import Outcome
from ..dataapi.contents import Value
from ..query.export.writers import csv_cells
from ..text.one_line import one_line

COLUMNS = ("number", "what", "record", "layout", "field", "before", "after", "meaning")
ENDED = ("outcome", "read_back", "notes")
MEANING = {Sense.BECOMES: "becomes", Sense.GOES: "goes", Sense.SAYS: "note"}
LINE_ENDS = re.compile(r"\r\n|\r|\n")
PIECE = 100
"""Records that are written at a time."""
MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""


def csv_of(listing: PlanListing, ended: Iterable[tuple[str, Outcome]] | None = None) -> Iterator[str]:
    """In pieces of some records. What cannot be seen is named, as on the page, and nothing acts as a formula. `ended` is the
    outcome of each record, in a word and whole: then there are columns for it."""
    yield MARK + _lines([COLUMNS if ended is None else (*COLUMNS, *ENDED)])
    told = map(_differences, listing.rows) if ended is None else map(_with_outcome, listing.rows, ended)
    while piece := list(islice(told, PIECE)):
        yield _lines([line for lines in piece for line in lines])


def _with_outcome(row: ListedRecord, ended: tuple[str, Outcome]) -> list[tuple[Value, ...]]:
    word, outcome = ended
    notes = "\n".join(outcome.notes)
    return [(*each, word, outcome.after.get(str(each[4]), ""), notes) for each in _differences(row)]


def _differences(row: ListedRecord) -> list[tuple[Value, ...]]:
    """A line of `COLUMNS` for each; one without a field where only the record itself is told."""
    head = (row.number, row.do, row.which, row.layout)
    lines = [(*head, line.name, line.before, line.after, MEANING[line.sense]) for line in row.lines]
    return lines or [(*head, "", "", "", "")]


def _lines(rows: Sequence[tuple[Value, ...]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(csv_cells([_shown(cell) for cell in row]) for row in rows)
    return text.getvalue()


def _shown(value: Value) -> Value:
    if isinstance(value, int | Decimal):
        return value
    return "\n".join(one_line(line) for line in LINE_ENDS.split(str(value)))


def plan_file(
    plan_id: str, listing: PlanListing, ended: Iterable[tuple[str, Outcome]] | None = None
) -> Response:
    """Every difference of a plan, as a file. `ended` as `csv_of` takes it."""
    name = quote(f"{plan_id}.csv")
    return StreamingResponse(
        csv_of(listing, ended),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename=plan.csv; filename*=UTF-8''{name}"},
    )
