"""What found sets are of, for every process that shares the state: one that did not make a found set asks again as it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from ...caller import Caller
from ...errors import StateAway
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_column import FOUND_SET
from ...local.state.state import State
from .found_set import Recipe

MOST = 64
"""Kept for one caller on one database; the least recently used goes first."""
FRESH_SECONDS = 60.0
"""Within them a further use is not written down."""


class SharedDefinitions:
    """Where nobody else shares the state, nothing is kept: the found sets of this process are all there are."""

    def __init__(
        self, state: State, database: str, ring: KeyRing, now: Callable[[], float], lifetime: float
    ) -> None:
        """`now` counts seconds since 1970; `lifetime`, in seconds since the last use."""
        self._state = state
        self._database = database
        self._sealer = FOUND_SET.sealer(ring)
        self._now = now
        self._lifetime = lifetime
        self._written: dict[str, float] = {}

    async def keep(self, handle: str, caller: Caller, recipe: Recipe) -> None:
        """For others too, unless the state is away: then the handle is known here alone."""
        now = self._now()
        if not (self._state.is_shared and recipe) or now - self._written.get(handle, 0.0) < FRESH_SECONDS:
            return
        text = json.dumps(recipe).encode()
        whose = (self._database, caller.id, caller.account)
        place = FOUND_SET.place({"handle": handle, "caller": caller.id})
        try:
            async with self._state.writing(f"found sets of {caller.id}") as transaction:
                transaction.put(
                    "INSERT INTO found_set (handle, database, caller, account, box, used) VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (handle) DO UPDATE SET used = excluded.used WHERE found_set.database = excluded.database"
                    " AND found_set.caller = excluded.caller AND found_set.account = excluded.account",
                    handle, *whose, self._sealer.seal(text, place), now,
                )  # fmt: skip
                transaction.put("DELETE FROM found_set WHERE used < ?", now - self._lifetime)
                transaction.put(
                    "DELETE FROM found_set WHERE database = ? AND caller = ? AND account = ? AND handle NOT IN (SELECT handle"
                    " FROM found_set WHERE database = ? AND caller = ? AND account = ? ORDER BY used DESC LIMIT ?)",
                    *whose, *whose, MOST,
                )  # fmt: skip
        except StateAway:
            return
        self._written = {each: at for each, at in self._written.items() if now - at < FRESH_SECONDS}
        self._written[handle] = now

    async def find(self, handle: str, caller: Caller) -> Recipe:
        """Empty where there is none of that name, or it is somebody else's. Raises StateAway."""
        if not self._state.is_shared:
            return ()
        row = await self._state.row(
            "SELECT handle, caller, box FROM found_set WHERE handle = ? AND database = ? AND caller = ? AND account = ? AND used >= ?",
            handle, self._database, caller.id, caller.account, self._now() - self._lifetime,
        )  # fmt: skip
        if row is None:
            return ()
        told = json.loads(self._sealer.open(bytes(row["box"]), FOUND_SET.place(row)))
        return tuple(cast("list[Mapping[str, Any]]", told))
