"""What a record, as the rules marked it, says of a write, a delete and a copy."""

from __future__ import annotations

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...dataapi.write import Write
from ...errors import Changed, Forbidden
from ...policy import Policy
from ...policy.table_closings import closing_advice, why_related_closed
from .related_rules import occurrence_of_rows


def why_rows_closed(write: Write, record: Record) -> str:
    """Why the rows and related fields that a write names may not be changed, by the record as it is marked."""
    for name in write.fields:
        if why := record.closed_related.get(name.partition("::")[0] if "::" in name else ""):
            return why
    named = {(portal, row.record_id) for portal, rows in write.portals.items() for row in rows}
    removed = {row_id for _, row_id in write.delete_related}
    for portal, rows in record.portals.items():
        for row in rows.rows:
            if row.closed and ((portal, row.record_id) in named or row.record_id in removed):
                return row.closed
    return ""


def why_kept(record: Record) -> str:
    """Why a record may not be deleted, by the record as it is marked. Which related rows a delete takes along, nothing tells, so
    all that its layout shows are taken to go with it."""
    rows = (row for rows in record.portals.values() for row in rows.rows)
    why = next((row.closed for row in rows if row.closed), "")
    return record.closed or (why and f"{why} A delete may take it along.")


def check_taken_along(policy: Policy, meta: LayoutMeta, record: Record) -> None:
    """Raises Forbidden for a delete that may take rows along which the owner's script deletes, or which are the owner's log."""
    for portal, rows in record.portals.items():
        if rows.rows or rows.found or rows.passed_over:
            own = occurrence_of_rows(meta, portal, rows)
            if why := why_related_closed(policy, meta, own, deletes=True):
                raise Forbidden(
                    f"{why}. A delete of record {record.record_id} may take rows of it along",
                    changed=Changed.NOTHING,
                    advice=closing_advice(policy, meta),
                )


def may_keep_rows(policy: Policy) -> bool:
    """Whether `check_taken_along` can be about any row."""
    through = any(rule is not None and rule.deletes for rule in policy.write_through.values())
    return through or bool(policy.journal_table)


def why_no_copy(record: Record) -> str:
    """Why a record may not be duplicated: which values FileMaker enters anew in a copy, nothing tells, so the copy is taken to be
    as closed as its original."""
    return (
        f"{record.closed} Its copy would be closed too: create a record with its values."
        if record.closed
        else ""
    )
