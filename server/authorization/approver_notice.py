"""Tells whoever may agree that something waits, in one place that the owner names: never what, whose, or of which database."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from .clients.guarded_fetch import GuardedFetch, NotFetched

log = logging.getLogger("filemaker_mcp")

PAUSES = (5.0, 60.0)
"""Seconds before the second and the third try. Then it is left, and the next plan that waits begins anew."""
AT_LEAST_SECONDS = 30.0
"""Between two of them: what waits meanwhile is told by the next one."""
COMMAND_SECONDS = 20.0
MOST_KNOWN = 1_000


class NotTold(Exception):
    """Why nobody was told, for the owner's log."""


class Bell(Protocol):
    async def ring(self, told: dict[str, str]) -> None:
        """Raises NotTold."""
        ...


@dataclass(frozen=True)
class Webhook:
    """`address` is a whole one with https, and may be a secret: no log names more of it than its host."""

    address: str
    fetch: GuardedFetch

    async def ring(self, told: dict[str, str]) -> None:
        parts = urlsplit(self.address)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            await self.fetch.post(str(parts.hostname), target, told)
        except NotFetched as problem:
            raise NotTold(str(problem)) from problem


@dataclass(frozen=True)
class Command:
    """A program of the owner's, without a shell. It is given JSON, and nothing of this server's environment but where programs are."""

    words: Sequence[str]

    async def ring(self, told: dict[str, str]) -> None:
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ
        }
        nowhere = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words, env=kept, stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere,
                start_new_session=True,
            )  # fmt: skip
        except OSError as problem:
            raise NotTold(f"{self.words[0]} cannot be started: {problem.strerror}") from problem
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                await process.communicate(json.dumps(told).encode())
        except TimeoutError:
            raise NotTold(f"{self.words[0]} had not ended after {COMMAND_SECONDS:.0f} seconds") from None
        finally:
            if process.returncode is None:
                _end(process)
                await process.wait()
        if process.returncode:
            raise NotTold(f"{self.words[0]} ended with {process.returncode}")


def _end(process: asyncio.subprocess.Process) -> None:
    """With what it has started, where the system knows groups of processes; Windows ends the program alone."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class ApproverNotice:
    def __init__(self, bell: Bell, address: str, sleep: Callable[[float], Awaitable[None]]) -> None:
        """`address` is that of the page on which everybody sees what waits for them."""
        self._bell = bell
        self._told = {"text": f"A change waits for somebody to agree: {address}", "address": address}
        self._sleep = sleep
        self._known: OrderedDict[str, None] = OrderedDict()
        self._due = asyncio.Event()

    def waits(self, plan: str) -> None:
        """A plan of this digest. It is told once, and nobody waits for that."""
        if plan in self._known:
            return
        while len(self._known) >= MOST_KNOWN:
            self._known.popitem(last=False)
        self._known[plan] = None
        self._due.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            await self._tell()
            await self._sleep(AT_LEAST_SECONDS)

    async def _tell(self) -> None:
        for pause in (*PAUSES, None):
            try:
                await self._bell.ring(self._told)
            except NotTold as problem:
                log.warning("nobody was told that a change waits: %s", problem)
                if pause is not None:
                    await self._sleep(pause)
            else:
                return
