"""Warnings of a plan: fields that FileMaker fills by itself, and what a delete may take along."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.models import LayoutMeta, Record
from ..plans.marks import RENEWED


def creation_warnings(meta: LayoutMeta, given: set[str]) -> list[str]:
    filled = [
        found.name
        for found in meta.fields.values()
        if found.auto_enter and not found.is_related and found.name not in given
    ]
    return [f"FileMaker fills {_few(filled)} by itself."] if filled else []


def edit_warnings(meta: LayoutMeta, written: set[str]) -> list[str]:
    """Metadata does not tell when a field is auto-entered, so only names that look like a modification stamp are listed."""
    acting = [
        found.name
        for found in meta.fields.values()
        if found.auto_enter
        and not found.is_related
        and found.name not in written
        and RENEWED.search(found.name)
    ]
    sentences = [f"FileMaker may also renew {_few(acting)}."] if acting else []
    return sentences + related_warnings(meta, written)


def related_warnings(meta: LayoutMeta, written: set[str]) -> list[str]:
    """A related field on the layout belongs to one record of its own table, which many records here may show."""
    tables: dict[str, list[str]] = {}
    for name in sorted(written):
        found = meta.field_named(name)
        if found is not None and found.is_related:
            tables.setdefault(name.partition("::")[0], []).append(name)
    return [
        f"{_few(names)}: this changes the {table} record, and with it everything that shows it."
        for table, names in tables.items()
    ]


def deletion_warnings(
    meta: LayoutMeta, records: Sequence[Record], closed: Sequence[str] = (), map_date: str = ""
) -> list[str]:
    """`closed` are filled fields that the owner keeps from being written. `map_date` is that of the map that told what goes
    along; it warns and promises nothing."""
    sentences = [
        "Only the fields that this layout shows can be restored; a restored record gets a new record id.",
        f"What the solution map of {map_date} does not tell may be deleted with them too, if the solution changed since."
        if map_date
        else "Related records that this layout does not show may be deleted with them, if a relationship says so; "
        "that cannot be seen from here, and they cannot be restored.",
    ]
    if closed:
        sentences.append(
            f"{_few(sorted(closed))} cannot be written by this assistant, so it would not be restored."
        )
    filled = [
        f.name for f in meta.fields.values() if f.auto_enter and not f.is_related and f.kind == "normal"
    ]
    if filled:
        sentences.append(f"FileMaker may fill {_few(filled)} of a restored record anew.")
    for name, portal in meta.portals.items():
        rows = sum(record.portals[name].found for record in records if name in record.portals)
        if rows:
            sentences.append(
                f"{rows} related {portal.occurrence} row{'s' if rows != 1 else ''} may be deleted with them: "
                "that depends on the relationship."
            )
    return sentences


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
