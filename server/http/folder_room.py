"""What is left of a caller's folder while several files come into it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread

from ..local.unfinished_file import PLACE


@dataclass
class _Room:
    left: int = 0
    """Bytes, as it was seen when the latest file began to come."""
    uploads: list[Upload] = field(default_factory=list["Upload"])
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Upload:
    """The part of one file that is coming."""

    def __init__(self, room: _Room) -> None:
        self._room = room
        self.size = 0
        self._is_kept = False

    @property
    def left(self) -> int:
        """Bytes for all that come now; below zero where one of them has to go."""
        return self._room.left

    def takes(self, size: int) -> None:
        self.size += size
        self._room.left = self.left - size

    @asynccontextmanager
    async def keeping(self) -> AsyncGenerator[None]:
        """While the file comes into the folder nobody looks through it: it would be counted twice, or not at all."""
        async with self._room.looking:
            yield
            self._is_kept = True
            self._room.uploads.remove(self)

    def ends(self) -> None:
        if not self._is_kept:
            self.takes(-self.size)
            self._room.uploads.remove(self)


class FolderRoom:
    """A folder is looked through when a file begins to come: others came and went since the last one did. What comes beside it
    counts from its first byte."""

    def __init__(self) -> None:
        self._rooms: dict[Path, _Room] = {}

    @asynccontextmanager
    async def upload(self, folder: Path, quota: int) -> AsyncGenerator[Upload]:
        """`quota` is bytes of everything in the folder."""
        room = self._rooms.setdefault(folder, _Room())
        upload = Upload(room)
        room.uploads.append(upload)
        try:
            async with room.looking:
                held = await to_thread.run_sync(size_of, folder)
                room.left = quota - held - sum(each.size for each in room.uploads)
            yield upload
        finally:
            upload.ends()
            if not room.uploads and self._rooms.get(folder) is room:
                del self._rooms[folder]


def size_of(folder: Path) -> int:
    """Bytes of the whole files in a folder, those below it too."""
    files = (path for path in folder.rglob("*") if PLACE not in path.parts and not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())
