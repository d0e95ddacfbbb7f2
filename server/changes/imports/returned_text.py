"""A text as it comes back in a file of our own that nobody changed there."""

from __future__ import annotations

from collections.abc import Mapping

from ...dataapi.record import Record
from ...documents.delimited_text import RETURN
from ...query.export.writers import cell_text
from ..planning.plan_items import Wanted
from .sheet_values import unguarded


def without_returned(wanted: Wanted, record: Record, *, is_workbook: bool) -> Wanted:
    """What differs from the record for no other reason than what files can hold is left as it is: a workbook has no room for the
    whole of a long text nor for control characters, and in CSV a vertical tab is a return."""
    values: Mapping[str, object] = wanted
    fields = record.fields
    return {n: v for n, v in values.items() if not _is_returned(v, fields.get(n), is_workbook=is_workbook)}


def _is_returned(value: object, there: object, *, is_workbook: bool) -> bool:
    if not isinstance(value, str) or not isinstance(there, str) or value == there:
        return False
    held = cell_text(there)
    if value in (there.replace(RETURN, "\n"), held):
        return True
    return is_workbook and value == unguarded(held)  # it has no apostrophe of ours; this was one of the text
