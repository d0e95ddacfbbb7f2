"""The end of the journal's chain goes out by itself: a chain whose end was cut is seen only against one that was kept elsewhere."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from anyio import to_thread

from ...changes.audit.journal_check import Head, heads_in, journal_heads
from ...errors import FilemakerMcpError, InputError
from ...local.state.state import State

log = logging.getLogger("filemaker_mcp.journal")

EVERY_SECONDS = 300.0
OWNER_ALONE = 0o600

Send = Callable[[Sequence[str]], Awaitable[None]]
"""Lines to a place of the owner's. Raises OSError."""


class HeadKeeper:
    def __init__(
        self,
        state: Callable[[], State],
        file: Path | None,
        send: Send | None,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._state = state
        self._file = file
        self._send = send
        self._sleep = sleep
        self._kept: set[Head] = set()

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            await self._compare()
        except (FilemakerMcpError, OSError, UnicodeDecodeError) as problem:
            log.error("the kept end of the journal cannot be compared: %s", problem)
        while True:
            await self.keep()
            await self._sleep(EVERY_SECONDS)

    async def keep(self) -> None:
        """What is new of it. It never raises: what could not be kept is tried again the next time."""
        try:
            heads = [head for head in await journal_heads(self._state()) if head not in self._kept]
            if not heads:
                return
            lines = [str(head) for head in heads]
            for line in lines:
                log.info("journal head %s", line)
            if self._file is not None:
                await to_thread.run_sync(_added, self._file, lines)
            if self._send is not None:
                await self._send(lines)
        except (FilemakerMcpError, OSError) as problem:
            log.warning("the end of the journal could not be kept elsewhere: %s", problem)
        else:
            self._kept = set(await journal_heads(self._state())) & {*self._kept, *heads}

    async def _compare(self) -> None:
        """At the start: is what was kept last still in the journal?"""
        if self._file is None or not self._file.exists():
            return
        text = await to_thread.run_sync(self._file.read_text, "utf-8")
        latest = {head.database: head for head in heads_in(text.splitlines())}
        for head in latest.values():
            row = await self._state().row(
                "SELECT digest FROM journal WHERE database = ? AND place = ?", head.database, head.place
            )
            if row is None or row["digest"] != head.digest:
                raise InputError(
                    f"the journal of {head.database} has no longer the entry {head.place} that was kept in {self._file}",
                    advice="It was cut, or an older copy of the state was put back: 'filemaker-mcp journal verify --head' looks.",
                )


def _added(file: Path, lines: Sequence[str]) -> None:
    """On the disk, behind what is there."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ALONE)
    try:
        os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
