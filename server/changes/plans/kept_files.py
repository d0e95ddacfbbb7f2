"""Files that a plan carries and files that a change replaced, kept in the state by the digest of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ...local.state.state import State


class Keeping:
    def __init__(self, state: State, *, now: Callable[[], float]) -> None:
        self._state = state
        self._now = now

    async def keep(self, name: str, content: bytes) -> str:
        """The digest under which the content can be had again."""
        digest = hashlib.sha256(content).hexdigest()
        async with self._state.writing() as transaction:
            transaction.put(
                "INSERT INTO kept_file VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET kept = excluded.kept",
                digest, self._now(), name, content,
            )  # fmt: skip
        return digest

    async def content(self, digest: str) -> bytes | None:
        row = await self._state.row("SELECT content FROM kept_file WHERE digest = ?", digest)
        return None if row is None else bytes(row["content"])

    async def name(self, digest: str) -> str:
        row = await self._state.row("SELECT name FROM kept_file WHERE digest = ?", digest)
        return "" if row is None else str(row["name"])
