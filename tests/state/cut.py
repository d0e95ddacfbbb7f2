"""A connection that can be cut: a proxy on loopback that stands between a client and a server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Forwards to a port of this machine. Cut, it closes what there is and refuses what is new until it is mended."""

    def __init__(self, target: int, *, delay: float = 0) -> None:
        """`delay`: seconds that each way takes."""
        self._target = target
        self._delay = delay
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_cut = self._is_deaf = False
        self._word: bytes | None = None
        self._after = False
        self.port = 0
        self.onward: set[int] = set()
        """The ports under which the server sees it."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut(self) -> None:
        self._is_cut = True
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def mend(self) -> None:
        self._is_cut = self._is_deaf = False
        self._word = None

    def cut_at_word(self, word: bytes, *, after: bool) -> None:
        """The next time that a client says it: before it went through, or after it and before the answer."""
        self._word, self._after = word, after

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        if self._is_cut:
            writer.transport.abort()
            return
        with suppress(OSError):
            there, onward = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers |= {writer, onward}
            port = int(onward.get_extra_info("sockname")[1])
            self.onward.add(port)
            try:
                await asyncio.gather(self._passed(reader, onward, watched=True), self._passed(there, writer))
            finally:
                self.onward.discard(port)
                for each in (writer, onward):
                    self._writers.discard(each)
                    each.transport.abort()

    async def _passed(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, watched: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._delay:
                    await asyncio.sleep(self._delay)
                if watched and self._word is not None and self._word in data:
                    if self._after:
                        self._is_deaf = True
                        writer.write(data)
                        await writer.drain()
                        await asyncio.sleep(0.05)
                    await self.cut()
                    return
                if watched or not self._is_deaf:
                    writer.write(data)
                    await writer.drain()
        writer.close()
