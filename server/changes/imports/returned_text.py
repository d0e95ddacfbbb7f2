"""A text as it comes back in a file of our own that nobody changed there."""

from __future__ import annotations

from collections.abc import Mapping

from ...dataapi.record import Record
from ...documents.delimited_text import RETURN
from ...query.export.writers import cell_text
from ..planning.plan_items import Wanted
from .sheet_values import unguarded


def without_returned(wanted: Wanted, record: Record) -> Wanted:
    """What differs from the record for no other reason than what files can hold is left as it is: a workbook has no room for the
    whole of a long text nor for control characters, and in CSV a vertical tab is a return."""
    values: Mapping[str, object] = wanted
    return {name: value for name, value in values.items() if not _is_returned(value, record.fields.get(name))}


def _is_returned(value: object, there: object) -> bool:
    if not isinstance(value, str) or not isinstance(there, str) or value == there:
        return False
    return value in (there.replace(RETURN, "\n"), unguarded(cell_text(there)))
