"""A host that is put back to last night's backup: its file is another one, and every session on it has ended."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx
from starlette.types import Receive, Scope, Send

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import Clock


class RestorableHost:
    """`app` is the host as it is now; `backed_up` keeps its file, `restored` puts it back."""

    def __init__(self, solution: Path, folder: Path, clock: Clock | None = None) -> None:
        self._solution = solution
        self._folder = folder
        self._clock = clock
        self._files = 0
        self.emulator = self._host(folder / "live-0.db")

    def _host(self, data: Path) -> Emulator:
        self._live = data
        return Emulator([self._solution], data=data, clock=self._clock)

    @property
    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.emulator.app(scope, receive, send)

    def backed_up(self) -> Path:
        self.emulator.load()
        self._files += 1
        copy = self._folder / f"backup-{self._files}.db"
        _copied(self._live, copy)
        return copy

    def restored(self, backup: Path) -> None:
        self._files += 1
        live = self._folder / f"live-{self._files}.db"
        _copied(backup, live)
        self.emulator = self._host(live)


def _copied(source: Path, target: Path) -> None:
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there)
    finally:
        here.close()
        there.close()
