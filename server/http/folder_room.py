"""What is left of a caller's folder while several files come into it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread


@dataclass
class _Room:
    left: int | None = None
    """Bytes; None until the folder was looked through."""
    uploads: int = 0
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Upload:
    """The part of one file that is coming."""

    def __init__(self, room: _Room) -> None:
        self._room = room
        self.size = 0
        self.is_kept = False

    @property
    def left(self) -> int:
        """Bytes for all that come now; below zero where one of them has to go."""
        return self._room.left or 0

    def takes(self, size: int) -> None:
        self.size += size
        self._room.left = self.left - size

    def ends(self) -> None:
        if not self.is_kept:
            self.takes(-self.size)


class FolderRoom:
    """A folder is looked through when its first file comes. What comes beside that one counts from its first byte."""

    def __init__(self) -> None:
        self._rooms: dict[Path, _Room] = {}

    @asynccontextmanager
    async def upload(self, folder: Path, quota: int) -> AsyncGenerator[Upload]:
        """`quota` is bytes of everything in the folder. Whoever keeps the file says so in `is_kept`."""
        room = self._rooms.setdefault(folder, _Room())
        room.uploads += 1
        try:
            async with room.looking:
                if room.left is None:
                    room.left = quota - await to_thread.run_sync(size_of, folder)
            upload = Upload(room)
            try:
                yield upload
            finally:
                upload.ends()
        finally:
            room.uploads -= 1
            if not room.uploads:
                del self._rooms[folder]


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder, those below it too."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
