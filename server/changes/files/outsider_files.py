"""Files that hold text of outsiders, known by a keyed digest of their content: over restarts, in bounded number and age."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

from ...local.state.state import State
from ..plans.plan_seal import Seal

LASTS = 400 * 24 * 3600.0
"""Seconds since such a file was kept or written last."""
MOST = 10_000
"""The oldest are forgotten first."""


class OutsiderFiles:
    """Those of all databases that share the state. `now` is seconds since 1970."""

    def __init__(self, state: State, seal: Seal, *, now: Callable[[], float]) -> None:
        self._state = state
        self._seal = seal
        self._now = now

    async def keep(self, sha256: str, database: str, fields: Collection[str]) -> None:
        async with self._state.writing() as transaction:
            await transaction.execute(
                "INSERT INTO outsider_file (digest, database, fields, kept) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (digest) DO UPDATE SET kept = excluded.kept",
                self._seal.of_content(sha256), database, json.dumps(sorted(fields)), self._now(),
            )  # fmt: skip
            await transaction.execute(
                "DELETE FROM outsider_file WHERE kept < ? OR digest NOT IN"
                " (SELECT digest FROM outsider_file ORDER BY kept DESC LIMIT ?)",
                self._now() - LASTS, MOST,
            )  # fmt: skip

    async def known(self, sha256: str) -> tuple[str, frozenset[str]] | None:
        row = await self._state.row(
            "SELECT database, fields FROM outsider_file WHERE digest = ?", self._seal.of_content(sha256)
        )
        return None if row is None else (row["database"], frozenset(json.loads(row["fields"])))
