"""One file that comes in over HTTP: bounded in size and time, kept whole or not at all, and remembered as outsiders' text."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request

from ..errors import Forbidden, InputError
from ..local.files_folder import FilesFolder
from ..local.unfinished_file import UnfinishedFile, unfinished_file
from .caller_folder import CallerFolder
from .folder_room import FolderRoom, Upload

UPLOAD_SECONDS = 600.0
SILENT_SECONDS = 30.0
"""Between two pieces of an upload."""


class NotTaken(Exception):
    """In a sentence, and the status that says it to a program."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class TakenFile:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class FileIntake:
    room: FolderRoom = field(default_factory=FolderRoom)

    async def take(self, pieces: AsyncIterator[bytes], folder: CallerFolder, name: str) -> TakenFile:
        """Raises Forbidden for who may not send files in, InputError for a name or a kind that is not taken, and NotTaken."""
        if not folder.may_send:
            raise Forbidden("You may read here, and send no files in", advice="Nothing is kept.")
        files = folder.files
        files.check_type(name)
        files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        async with self.room.upload(files.folder, folder.quota) as upload:
            with unfinished_file(files.folder) as file:
                return await _whole(pieces, folder, name, file, upload)


async def _whole(
    pieces: AsyncIterator[bytes], folder: CallerFolder, name: str, file: UnfinishedFile, upload: Upload
) -> TakenFile:
    files = folder.files
    digest = hashlib.sha256()
    try:
        with anyio.fail_after(UPLOAD_SECONDS), file.path.open("wb") as sink:
            async for piece in pieces:
                upload.takes(len(piece))
                if upload.size > files.limit or upload.left < 0:
                    raise _too_long(files.limit, folder.quota, upload)
                digest.update(piece)
                await to_thread.run_sync(sink.write, piece)
    except (TimeoutError, ClientDisconnect):
        raise NotTaken(408, "The file did not come to its end in time; nothing is kept.") from None
    try:  # exports may have come beside it
        await to_thread.run_sync(files.check_room, upload.size)
    except InputError as beyond:
        raise NotTaken(413, str(beyond)) from None
    sha256 = digest.hexdigest()
    await folder.came_in(sha256)
    async with upload.keeping():
        path = await to_thread.run_sync(_kept, files, file, name)
        try:
            path = await files.keep(path)
        except InputError as beyond:  # the quota, over all servers
            raise NotTaken(413, str(beyond)) from None
    return TakenFile(path.name, sha256, upload.size)


async def pieces_of(request: Request) -> AsyncIterator[bytes]:
    """Of a body. Raises TimeoutError where none comes for too long."""
    stream = request.stream().__aiter__()
    while True:
        try:
            with anyio.fail_after(SILENT_SECONDS):
                piece = await stream.__anext__()
        except StopAsyncIteration:
            return
        yield piece


def _too_long(limit: int, quota: int, upload: Upload) -> NotTaken:
    what = (
        f"A file has at most {limit:,} bytes here."
        if upload.size > limit
        else f"Your files have at most {quota:,} bytes together, and {max(0, upload.left + upload.size):,} are left."
    )
    return NotTaken(413, f"{what} Nothing is kept.")


def _kept(files: FilesFolder, file: UnfinishedFile, name: str) -> Path:
    path = file.finished(files.names_for(name))
    if path is None:
        raise InputError(f"The files folder has too many files called {name!r}")
    return path
