"""What every item of a plan gets by the owner's rules: the values of the scope, and what its record is known by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...policy import Policy, key_of, scoped_values
from ..plans.item import Item
from ..plans.marks import marks_of


def in_scope(policy: Policy, meta: LayoutMeta, item: Item, *, creating: bool) -> Item:
    """The item with the scope's values for a new record, as far as they are shown. Raises Forbidden for a value that would
    put the record outside."""
    values = scoped_values(policy, meta.name, item.after, creating=creating)
    if values is item.after:
        return item
    return replace(item, after={n: v for n, v in values.items() if n in item.after or n in meta.fields})


def known(policy: Policy, meta: LayoutMeta, item: Item, record: Record, by: Sequence[str] = ()) -> Item:
    """The item with what its record is known by; `by` names the fields by which it was chosen."""
    marks = marks_of(meta, record.fields, key_of(policy, meta.name))
    chosen_by = {name: record.fields[name] for name in by if name in record.fields}
    return replace(item, marks=marks, chosen_by=chosen_by)
