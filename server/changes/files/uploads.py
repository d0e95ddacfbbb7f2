"""Files into containers: planned with their content, verified by reading back, taken back by what was there before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import anyio.to_thread

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...documents.documents import Documents
from ...errors import FilemakerMcpError, InputError
from ...local.file_names import safe_name
from ...local.files_folder import FilesFolder, media_type_of
from ...text.near_names import folded
from ...text.sentence import say
from ..plans.field_check import UNCHANGED
from ..plans.item import FileChange, Item
from ..values.values import FromFile
from .kept_files import Keeping

EMPTIED = ""
"""The digest of nothing: a container that is emptied."""
TOO_LARGE, LEFT_OUT = "too large", "left out"
NOT_KEPT = (TOO_LARGE, LEFT_OUT)
"""In place of a digest: a file beyond the size limit, and one of a field that the owner wants nowhere (`journal_without`)."""


@dataclass(frozen=True)
class Uploads:
    folder: FilesFolder
    kept: Keeping
    documents: Documents
    without: frozenset[str] = frozenset()
    """Folded names of containers, bare or qualified, whose files are not kept."""

    async def planned(
        self, database: Database, meta: LayoutMeta, record: Record | None, name: str, wanted: FromFile
    ) -> FileChange:
        """The file, read and kept now, and what it replaces. Raises InputError for what cannot be uploaded there."""
        field = meta.fields.get(name) or meta.field_named(name)
        if field is None or field.is_related:
            raise InputError(
                f"A file goes into a container of the layout's own table, and {name!r} is related",
                advice=f"Use a layout of its own table (section 10.1). {UNCHANGED}",
            )
        if wanted.content is None:
            await self.folder.bring(wanted.name)
            found = await anyio.to_thread.run_sync(self.folder.read, wanted.name)
            file_name, content = found.name, found.content
        else:
            file_name, content = safe_name(wanted.name), wanted.content
            self.folder.check_type(file_name)
            if len(content) > self.folder.limit:
                raise InputError(self.folder.too_large(file_name, len(content)), advice=UNCHANGED)
        before = None
        if record is not None and record.fields.get(name, "") != "":
            before = await self.before(database, meta.name, record.record_id, name)
        return FileChange(
            field=name,
            repetition=repetition_in(name),
            name=file_name,
            media_type=media_type_of(file_name),
            size=len(content),
            digest=await self.kept.keep(file_name, content),
            before=before,
        )

    async def before(self, database: Database, layout: str, record_id: str, name: str) -> str | None:
        """The digest of what is in the container, None when it is empty, or one of `NOT_KEPT`."""
        bare = folded(name.partition("(")[0])
        if {bare, bare.rpartition("::")[2]} & self.without:
            return LEFT_OUT
        try:
            file = await database.download(layout, record_id, name, most=self.folder.limit, unread=True)
        except InputError:
            return TOO_LARGE
        return None if file is None else await self.kept.keep(file.name, file.content)

    async def fits(self, database: Database, layout: str, item: Item) -> bool:
        """Whether the container holds what the item puts there."""
        change = item.file
        if change is None:
            return False
        file = await database.download(layout, item.target, change.field, most=self.folder.limit, unread=True)
        if file is None or change.digest == EMPTIED:
            return file is None and change.digest == EMPTIED
        return hashlib.sha256(file.content).hexdigest() == change.digest

    async def notes(self, database: Database, layout: str, item: Item) -> tuple[str, ...]:
        """How the container differs from what was sent, after FileMaker confirmed the upload. Empty when it does not."""
        try:
            if await self.fits(database, layout, item):
                return ()
        except FilemakerMcpError as error:
            return (
                say("FileMaker confirmed the upload; it could not be read back: %(what)s", what=error.what),
            )
        return (say("FileMaker confirmed the upload, but the container holds something else."),)

    async def back(self, database: Database, layout: str, item: Item) -> FileChange | None:
        """The upload that restores what was there. None when it was replaced since, or not kept."""
        change = item.file
        if change is None or not await self.fits(database, layout, item):
            return None
        if change.before is None:
            return FileChange(change.field, change.repetition, "", "", 0, EMPTIED, before=change.digest)
        again = await self.again(change.field, change.repetition, change.before)
        return None if again is None else replace(again, before=change.digest)

    async def again(self, field: str, repetition: int, digest: str) -> FileChange | None:
        """The upload of a kept file. None when it is not kept (any more)."""
        content = await self.kept.content(digest)
        if content is None:
            return None
        name = await self.kept.name(digest)
        return FileChange(field, repetition, name, media_type_of(name), len(content), digest)


def repetition_in(name: str) -> int:
    number = name.rpartition("(")[2].rstrip(")") if name.endswith(")") else "1"
    return int(number) if number.isascii() and number.isdigit() else 1
