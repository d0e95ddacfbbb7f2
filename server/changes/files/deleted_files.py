"""Files of records that are deleted: kept before, put back by an undo, and named where they could not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...text.plain_parts import Listed, Name
from ...text.sentence import say
from ..plans.item import FileChange, Item
from .uploads import NOT_KEPT, Uploads, repetition_in

MOST_FILES = 200
MOST_BYTES = 200_000_000
"""In one step. Further ones are named and do not come back."""


async def with_files(
    database: Database, uploads: Uploads, meta: LayoutMeta, records: Sequence[Record], items: Sequence[Item]
) -> tuple[list[Item], list[str]]:
    """The items with what their records' containers hold, and a warning about what is not kept."""
    kept: list[Item] = []
    lost: list[str] = []
    files, size = 0, 0
    for record, item in zip(records, items, strict=True):
        found: list[FileChange] = []
        for name in _filled(meta, record):
            room = files < MOST_FILES and size < MOST_BYTES
            change = await _kept(database, uploads, meta, record, name) if room else None
            if change is None:
                lost.append(say("%(field)s of %(record)s", field=Name(name), record=record.record_id))
                continue
            found.append(change)
            files, size = files + 1, size + change.size
        kept.append(replace(item, files=tuple(found)) if found else item)
    if not lost:
        return kept, []
    where = Listed.of(lost, 5)
    return kept, [say("An undo cannot bring back the files in %(fields)s: they are not kept.", fields=where)]


async def _kept(
    database: Database, uploads: Uploads, meta: LayoutMeta, record: Record, name: str
) -> FileChange | None:
    digest = await uploads.before(database, meta.name, record.record_id, name)
    if digest is None or digest in NOT_KEPT:
        return None
    return await uploads.again(name, repetition_in(name), digest)


def files_back(meta: LayoutMeta, item: Item, created_by: tuple[int, int]) -> tuple[list[Item], list[str]]:
    """Uploads into the record that comes back, and the containers whose files do not."""
    kept = {change.field for change in item.files}
    lost = [
        name
        for name, value in item.before.items()
        if value != "" and name not in kept and _is_own_container(meta, name)
    ]
    return [
        Item(label=item.label, created_by=created_by, file=change, own=True) for change in item.files
    ], lost


def _filled(meta: LayoutMeta, record: Record) -> list[str]:
    return [name for name, value in record.fields.items() if value != "" and _is_own_container(meta, name)]


def _is_own_container(meta: LayoutMeta, name: str) -> bool:
    field = meta.field_named(name)
    return field is not None and field.type == "container" and field.kind == "normal" and not field.is_related
