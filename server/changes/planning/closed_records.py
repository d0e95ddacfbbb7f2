"""Refuses changes of records that the owner keeps from being changed, and changes that would make them such."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.limits.change_rules import ChangeRules
from ...database.limits.closed_marks import why_kept
from ...database.limits.rule_condition import as_stored, of_new
from ...errors import Changed, Forbidden
from ...policy import Policy, check_rows, occurrence_of
from ...policy.stamp_fields import Reached
from ...policy.table_closings import why_related_closed, why_table_closed
from ..plans.item import Item, RowKind
from ..plans.step import StepKind

NAMED = 5
ADVICE = "Nothing was planned. Leave these records out; only the owner can open them (change_only_where)."


def why_not(rules: ChangeRules, meta: LayoutMeta, record: Record, item: Item) -> str:
    """Why the item may not be done to the record; empty where it may."""
    return record.closed or _why_related(record, item) or why_not_so(rules, meta, item, record)


def why_not_so(rules: ChangeRules, meta: LayoutMeta, item: Item, record: Record | None = None) -> str:
    """Why the record may not be as the item makes it; a new one where there is none yet."""
    is_new, later = record is None, frozenset(item.later)
    if why := rules.why_not_so(meta, item.after, new=is_new, later=later):
        return why
    if why := rules.related.why_not_so(meta, item.after, new=is_new, later=later):
        return why
    parent = {**(of_new(meta) if record is None else record.fields), **as_stored(meta, item.after)}
    for row in item.rows:
        is_new_row = row.kind is RowKind.ADD
        if row.kind is not RowKind.REMOVE and (
            why := rules.related.why_row_not_so(meta, row.occurrence, row.after, parent, new=is_new_row)
        ):
            return why
    return ""


def refusals(
    rules: ChangeRules, meta: LayoutMeta, name: str, item: Item, record: Record | None = None
) -> list[tuple[str, str]]:
    """(record, why) where the item may not be done: to a record, or as a new one."""
    why = why_not_so(rules, meta, item) if record is None else why_not(rules, meta, record, item)
    return [(name, why)] if why else []


def refuse(refused: Sequence[tuple[str, str]], total: int) -> None:
    """Raises Forbidden that names the records; `refused` holds (record, why)."""
    if not refused:
        return
    shown = "; ".join(f"{record}: {why}" if total > 1 else why for record, why in refused[:NAMED])
    more = f" and {len(refused) - NAMED} more" if len(refused) > NAMED else ""
    what = f"{len(refused)} of {total} records may not be changed so. {shown}{more}" if total > 1 else shown
    raise Forbidden(what, changed=Changed.NOTHING, advice=ADVICE)


def kept_among(records: Iterable[Record]) -> list[tuple[str, str]]:
    """Of records that are to be deleted: those that may not be, and why."""
    return [(record.record_id, why) for record in records if (why := why_kept(record))]


def _why_related(record: Record, item: Item) -> str:
    for name in (*item.after, *item.later):
        if "::" in name and (why := record.closed_related.get(name.partition("::")[0])):
            return why
    touched = {(row.portal, row.record_id) for row in item.rows if row.kind is not RowKind.ADD}
    for portal, rows in record.portals.items():
        for row in rows.rows:
            if row.closed and (portal, row.record_id) in touched:
                return row.closed
    return ""


def check_related(policy: Policy, meta: LayoutMeta, items: Iterable[Item]) -> None:
    """Raises Forbidden where rows lie in a table that the owner's script writes; fields are checked with the others."""
    rows = dict.fromkeys((row.occurrence, row.kind is RowKind.REMOVE) for item in items for row in item.rows)
    for occurrence, is_removed in rows:
        check_rows(policy, meta, [occurrence], deletes=is_removed)


def why_past_script(policy: Policy, meta: LayoutMeta, kind: StepKind, item: Item) -> str:
    """Why an item that takes something back may not be done through the layout: the owner's script would be passed by."""
    deletes, files = kind is StepKind.DELETE, kind is StepKind.UPLOAD
    if why := why_table_closed(policy, meta, deletes=deletes, files=files):
        return why
    rows = [(row.occurrence, row.kind is RowKind.REMOVE) for row in item.rows]
    rows += [(occurrence_of(name), False) for name in item.after if "::" in name]
    whys = (why_related_closed(policy, meta, each, deletes=removed) for each, removed in rows if each)
    return next(filter(None, whys), "")


def reached_by(items: Iterable[Item]) -> Iterable[Reached]:
    """Whose related records the items create or edit."""
    for item in items:
        yield from (("", occurrence_of(name)) for name in (*item.after, *item.later) if "::" in name)
        for row in item.rows:
            if row.kind is RowKind.ADD and row.occurrence:
                yield row.portal, row.occurrence
            if row.kind is not RowKind.REMOVE:
                yield from ((row.portal, occurrence_of(name)) for name in row.after if "::" in name)
