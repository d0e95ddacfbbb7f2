"""Records and writes between the wire and people, by the metadata of their layout."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from ..dataapi.contents import Value
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import Record
from ..dataapi.renamed_fields import said
from ..dataapi.wire import ValueReader, writable
from ..dataapi.write import PortalWrite, Write
from ..errors import InputError, NameUnknown
from ..text.near_names import near


def readable(record: Record, reader: ValueReader) -> Record:
    portals = (
        {
            name: dataclasses.replace(
                rows,
                rows=tuple(dataclasses.replace(row, fields=reader.read(row.fields)) for row in rows.rows),
            )
            for name, rows in record.portals.items()
        }
        if record.portals
        else record.portals
    )
    return Record(record.record_id, record.mod_id, reader.read(record.fields), portals)


def sendable(write: Write, meta: LayoutMeta, known: Callable[[], LayoutMeta]) -> Write:
    """`meta` is the whole layout; `known` tells what the assistant sees of it, from which names are suggested. Raises NameUnknown
    and InputError for what the layout cannot take; nothing was sent then."""
    portals = {
        name: tuple(PortalWrite(_texts(row.fields, meta, known), row.record_id, row.mod_id) for row in rows)
        for name, rows in write.portals.items()
    }
    return dataclasses.replace(write, fields=_texts(write.fields, meta, known), portals=portals)


def _texts(
    fields: Mapping[str, Value], meta: LayoutMeta, known: Callable[[], LayoutMeta]
) -> dict[str, Value]:
    texts: dict[str, Value] = {}
    for name, value in fields.items():
        field = meta.field_named(name)
        if field is None:
            raise unknown_field(name, known())
        if field.type == "container" and value != "":
            raise InputError(
                f"{name!r} is a container: it takes a file, not text", advice="Nothing was changed."
            )
        texts[name] = "" if field.type == "container" else writable(value, field)
    return texts


WRAPPERS = frozenset({"fielddata", "portaldata", "fields", "values"})
"""As other programs wrap what is written."""
IS_RECORD = 'A record is {"Field": value} itself, with portals beside its fields.'


def unknown_field(name: str, meta: LayoutMeta) -> NameUnknown:
    """The refusal for a field that a layout does not have."""
    names = [*meta.fields, *(field for portal in meta.portals.values() for field in portal.fields)]
    now = said(meta, name) or (IS_RECORD if name.casefold() in WRAPPERS else "")
    usual = "Nothing was changed. describe_layout lists the fields; only those on the layout exist for the Data API."
    return NameUnknown(
        "field",
        name,
        where=f"on layout {meta.name!r}",
        near=() if now else near(name, names),
        advice=f"{now} {usual}".strip(),
        layout=meta.name,
    )
