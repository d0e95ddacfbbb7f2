"""Standard input and output as the MCP connection: lines of bytes in, lines of bytes out.

Both are taken away from the rest of the process. Its descriptor 0 then reads nothing and its descriptor 1 is standard error,
so that neither a stray `print` nor a child process can speak into the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

CHUNK = 65_536
LONGEST_LINE = 32_000_000
"""Bytes of one message: a file of 20 MB in base64, with room. What is longer is read past and never kept."""
ENDING = 300
"""Bytes that are kept of the end of a line that is too long: some clients write the id last."""
AHEAD = 64
"""Lines that are read before somebody takes them."""


@dataclass(frozen=True, slots=True)
class LineTooLong:
    """A line beyond `LONGEST_LINE`; only its two ends are here."""

    beginning: bytes
    ending: bytes
    size: int


Line = bytes | LineTooLong


class Wire:
    """Two threads of its own do what blocks, so that neither a silent client nor one that does not read holds up anything."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue()
        self._room = threading.Semaphore(AHEAD)
        self._outgoing: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        for work, name in ((self._read, "input"), (self._write, "output")):
            threading.Thread(target=work, name=name, daemon=True).start()

    async def line(self) -> Line | None:
        """The next line without its end; None at the end of the input."""
        line = await self._lines.get()
        self._room.release()
        return line

    async def send(self, line: bytes) -> None:
        """One line, whole or not at all, also when the caller is cancelled. Raises OSError when nobody reads any more."""
        written: asyncio.Future[None] = self._loop.create_future()
        self._outgoing.put((line + b"\n", written))
        await written

    def _read(self) -> None:
        line = _Collected()
        while chunk := _chunk(self._source):
            *ended, rest = chunk.split(b"\n")
            for part in ended:
                line.add(part)
                self._hand_over(line.whole())
                line = _Collected()
            line.add(rest)
        if line.size:
            self._hand_over(line.whole())
        self._hand_over(None)

    def _hand_over(self, line: Line | None) -> None:
        self._room.acquire()
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is ending
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    def _write(self) -> None:
        while True:
            data, written = self._outgoing.get()
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._sink, view) :]
                error = None
            except OSError as failure:
                error = failure
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_settle, written, error)


def _chunk(source: int) -> bytes:
    try:
        return os.read(source, CHUNK)
    except OSError:
        return b""


class _Collected:
    """The line that is being read, as far as it is kept."""

    def __init__(self) -> None:
        self._kept, self._ending = bytearray(), b""
        self.size = 0

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size <= LONGEST_LINE:
            self._kept += part
        else:
            self._ending = (self._ending + part)[-ENDING:]

    def whole(self) -> Line:
        if self.size <= LONGEST_LINE:
            return bytes(self._kept)
        return LineTooLong(bytes(self._kept[:CHUNK]), self._ending, self.size)


def _settle(written: asyncio.Future[None], error: OSError | None) -> None:
    if written.done():  # its caller was cancelled
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)


@asynccontextmanager
async def standard_streams() -> AsyncGenerator[Wire]:
    """The process's own standard input and output; given back at the end."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    sys.stdout.flush()
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    _tell_windows()
    try:
        yield Wire(source, sink)
    finally:
        # The copies stay open: a thread may still wait on one, and a number that is used again would be read by it.
        os.dup2(source, 0)
        os.dup2(sink, 1)
        _tell_windows()


def _tell_windows() -> None:
    """There a child process inherits handles, which `dup2` does not change."""
    if sys.platform == "win32":
        from mcp.os.win32.utilities import rebind_std_handle_to_fd

        for descriptor in (0, 1):
            with contextlib.suppress(OSError):
                rebind_std_handle_to_fd(descriptor)
