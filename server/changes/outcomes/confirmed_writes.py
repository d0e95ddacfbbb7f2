"""What an item became where FileMaker confirmed its request."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...dataapi.write import WrittenRecord
from ...errors import FilemakerMcpError
from ...text.sentence import say
from ..plans.item import Item, RowKind
from ..plans.outcome import ItemState, Outcome
from .row_comparison import added_rows, told_rows, unknown_rows


def unread(item: Item, written: WrittenRecord, error: FilemakerMcpError) -> Outcome:
    """FileMaker confirmed the request, and what it made of it could not be read."""
    return replace(
        confirmed_outcome(item, written),
        notes=(say("FileMaker confirmed it; it could not be read back: %(what)s", what=error.what),),
    )


def confirmed_outcome(item: Item, written: WrittenRecord) -> Outcome:
    rows = told_rows(item, written.new_rows)
    return Outcome(ItemState.DONE, written.record_id, written.mod_id, after=item.after, new_rows=rows)


def new_rows_of(
    meta: LayoutMeta, item: Item, record: Record, written: WrittenRecord
) -> tuple[tuple[str, str], ...]:
    """The rows that this change added. Hosts before 18 do not tell, and some tell of one row only."""
    told = told_rows(item, written.new_rows, record)
    found, _ = added_rows(meta, item, record)
    adding = [change.portal for change in item.rows if change.kind is RowKind.ADD]
    rows = tuple(dict.fromkeys((*told, *found)))[: len(adding)]
    new = [
        (portal, row.record_id)
        for portal in dict.fromkeys(adding)
        for row in unknown_rows(item, record, portal)
    ]
    return tuple(new) if len(rows) < len(new) == len(adding) else rows
