"""Warnings of a plan: fields that FileMaker fills by itself, and what a delete may take along."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...text.plain_parts import names
from ...text.sentence import Sentence, say, say_count
from ..plans.marks import RENEWED

FEW = 5
"""Fields that a warning names."""


def creation_warnings(meta: LayoutMeta, given: set[str]) -> list[Sentence]:
    filled = [
        found.name
        for found in meta.fields.values()
        if found.auto_enter and not found.is_related and found.name not in given
    ]
    return [say("FileMaker fills %(fields)s by itself.", fields=names(filled, FEW))] if filled else []


def edit_warnings(meta: LayoutMeta, written: set[str]) -> list[Sentence]:
    """Metadata does not tell when a field is auto-entered, so only names that look like a modification stamp are listed."""
    acting = [
        found.name
        for found in meta.fields.values()
        if found.auto_enter
        and not found.is_related
        and found.name not in written
        and RENEWED.search(found.name)
    ]
    sentences = [say("FileMaker may also renew %(fields)s.", fields=names(acting, FEW))] if acting else []
    return sentences + related_warnings(meta, written)


def related_warnings(meta: LayoutMeta, written: set[str]) -> list[Sentence]:
    """A related field on the layout belongs to one record of its own table, which many records here may show."""
    tables: dict[str, list[str]] = {}
    for name in sorted(written):
        found = meta.field_named(name)
        if found is not None and found.is_related:
            tables.setdefault(name.partition("::")[0], []).append(name)
    return [
        say(
            "%(fields)s: this changes the %(table)s record, and with it everything that shows it.",
            fields=names(fields, FEW),
            table=table,
        )
        for table, fields in tables.items()
    ]


def deletion_warnings(
    meta: LayoutMeta, records: Sequence[Record], closed: Sequence[str] = (), map_date: str = ""
) -> list[Sentence]:
    """`closed` are filled fields that the owner keeps from being written. `map_date` is that of the map that told what goes
    along; it warns and promises nothing."""
    sentences = [
        say(
            "Only the fields that this layout shows can be restored; a restored record gets a new record id."
        ),
        say(
            "What the solution map of %(map_date)s does not tell may be deleted with them too, if the "
            "solution changed since.",
            map_date=map_date,
        )
        if map_date
        else say(
            "Related records that this layout does not show may be deleted with them, if a "
            "relationship says so; that cannot be seen from here, and they cannot be restored."
        ),
    ]
    if closed:
        sentences.append(
            say(
                "%(fields)s cannot be written by this assistant, so it would not be restored.",
                fields=names(sorted(closed), FEW),
            )
        )
    filled = [
        f.name for f in meta.fields.values() if f.auto_enter and not f.is_related and f.kind == "normal"
    ]
    if filled:
        sentences.append(
            say("FileMaker may fill %(fields)s of a restored record anew.", fields=names(filled, FEW))
        )
    for name, portal in meta.portals.items():
        rows = sum(record.portals[name].found for record in records if name in record.portals)
        if rows:
            sentences.append(
                say_count(
                    "%(count)s related %(table)s row may be deleted with them: that depends on the relationship.",
                    "%(count)s related %(table)s rows may be deleted with them: that depends on the relationship.",
                    rows,
                    table=portal.occurrence,
                )
            )
    return sentences
