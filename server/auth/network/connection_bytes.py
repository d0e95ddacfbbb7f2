"""What arrives on a connection, until somebody reads it."""

from __future__ import annotations

import asyncio
from typing import cast

AHEAD = 256 * 1024
"""Bytes that are kept before they are read; beyond it the host waits."""


class ConnectionBytes(asyncio.Protocol):
    """The asyncio side of one connection, read and written by one task at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._arrived = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._is_held = False
        """Whether the host waits."""
        self._reading: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        """Waits until what was written has gone out."""

    @property
    def is_quiet(self) -> bool:
        """Nothing has come that nobody asked for, and no end."""
        return not self._arrived and not self._is_over

    @property
    def has_arrived(self) -> bool:
        return bool(self._arrived)

    async def read(self, most: int) -> bytes:
        """Empty at the end. Raises OSError."""
        while not self._arrived:
            if self._error is not None:
                raise self._error
            if self._is_over:
                return b""
            self._reading = asyncio.get_running_loop().create_future()
            try:
                await self._reading
            finally:
                self._reading = None
        taken = bytes(self._arrived[:most])
        del self._arrived[:most]
        if self._is_held and len(self._arrived) <= AHEAD:
            self._is_held = False
            self.transport.resume_reading()
        return taken

    def write(self, content: bytes) -> bool:
        """Whether all of it, or all but a little, has gone to the operating system. Raises OSError for a connection that is over."""
        if self._is_over or self.transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self.transport.write(content)
        return self._room is None

    async def written(self) -> None:
        """Raises OSError where the connection ends meanwhile."""
        if self._room is not None:
            await self._room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._arrived += data
        if len(self._arrived) > AHEAD and not self._is_held:
            self._is_held = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over = True
        self._error = exc
        self._wake()
        if self._room is not None and not self._room.done():
            self._room.set_exception(exc or ConnectionResetError("the connection is closed"))

    def pause_writing(self) -> None:
        self._room = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def _wake(self) -> None:
        if self._reading is not None and not self._reading.done():
            self._reading.set_result(None)
