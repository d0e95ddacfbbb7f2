"""A found set as a file: CSV, XLSX or JSON lines, written row by row as the pages come."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ...criteria.targets import Target
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.sealed_page import Rows
from ..found_sets.found_set import FoundSet
from ..found_sets.page_reader import Progress
from ..found_sets.page_rows import records
from ..found_sets.read_budget import Budget
from ..found_sets.read_report import Account
from ..found_sets.record_order import RecordOrder
from ..found_sets.record_source import Source
from ..summary.measures.exact import Number, total
from ..thread_work import worked
from .id_column import id_heading
from .writers import WRITERS, load

if TYPE_CHECKING:
    from ...database.database import Database

MANY = 1_000
"""Values of a page beyond which others would wait while they are written."""


@dataclass
class WrittenFile:
    """What went into a file: how many rows, and what their number fields sum to."""

    account: Account
    rows: int
    totals: dict[str, Number]
    cut: int
    """Texts that were longer than a cell holds."""


def exportable(layout: LayoutMeta) -> list[str]:
    """Every field of the layout itself, repetitions one by one; no containers, globals and summaries."""
    return [
        key
        for meta in layout.fields.values()
        if meta.type not in ("container", "invalid") and not meta.is_global and meta.kind != "summary"
        for key in meta.shown_names
    ]


async def exported(
    database: Database,
    found_set: FoundSet,
    targets: Sequence[Target],
    path: Path,
    kind: str,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> WrittenFile:
    """Writes the file. Raises OSError when the disk does not take it."""
    fields = [target.name for target in targets]
    numeric = [target.name for target in targets if target.type == "number"]
    totals: dict[str, Number] = dict.fromkeys(numeric, 0)
    source = Source(database, found_set, progress, budget=budget)
    in_order = found_set.is_in_order
    await worked(load, kind)
    order = RecordOrder(found_set.sort, found_set.layout, found_set.as_numbers, fields)
    columns = [id_heading(found_set.layout, fields), *fields]
    types = ["text", *(target.type for target in targets)]
    writer = WRITERS[kind](path, columns, types)
    rows = 0

    def write(record_id: str, values: Iterable[Value]) -> None:
        nonlocal rows
        rows += 1
        writer.row([record_id, *values])

    def write_all() -> None:
        for record_id, values in order.rows():
            write(record_id, values)
        writer.close()

    def add(page: Rows) -> None:
        for name in numeric:
            totals[name] = total(
                (v for v in page.columns[name] if isinstance(v, int | Decimal)), totals[name]
            )
        if in_order:
            for record in records(page):
                write(record.record_id, (record.fields[name] for name in fields))
        else:
            order.add(page)

    def take(page: Rows) -> Awaitable[None] | None:
        return worked(add, page) if len(page.ids) * len(fields) > MANY else add(page)

    try:
        needed = tuple(dict.fromkeys((*fields, *(key.field for key in found_set.sort))))
        account = await source.read(needed, take)
        await worked(write_all, hurry=order.interrupt)
    except BaseException:
        writer.abandon()
        raise
    finally:
        order.close()
    return WrittenFile(account, rows, totals, writer.cut)
