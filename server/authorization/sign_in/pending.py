"""What a person has begun in one browser and has not finished: kept for minutes, held by a cookie, used once."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import SIGN_INS
from ...local.state.state import State
from ..grants.token_text import digest_of

SECONDS = 900.0
MOST = 20_000
"""The oldest go: each is one look at /authorize by somebody who has not signed in."""


@dataclass(frozen=True)
class Pending:
    id: str
    purpose: str
    """grant, session, link or agreement."""
    browser: str
    """Digest of the cookie of the browser that began it."""
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_agreed: bool = False
    """Whether the page that comes before any sign-in was answered."""
    upstream: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """What was agreed with the provider that was asked: nonce, verifier."""
    ends: float = 0.0


class PendingStore:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._sealer = SIGN_INS.sealer(ring)
        self._now = now

    async def begin(
        self, purpose: str, cookie: str, facts: Mapping[str, Any], *, is_agreed: bool = False
    ) -> Pending:
        now = self._now()
        pending = Pending(
            secrets.token_urlsafe(24), purpose, digest_of(cookie), facts, is_agreed, {}, now + SECONDS
        )
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM sign_in WHERE ends < ?", now)
            row = await transaction.row("SELECT COUNT(*) AS number FROM sign_in")
            if row is not None and row["number"] >= MOST:
                transaction.put(
                    "DELETE FROM sign_in WHERE id IN (SELECT id FROM sign_in ORDER BY ends LIMIT ?)",
                    MOST // 10,
                )
            transaction.put(
                "INSERT INTO sign_in (id, box, ends) VALUES (?, ?, ?)",
                pending.id,
                self._box(pending),
                pending.ends,
            )
        return pending

    async def found(self, name: str, cookie: str) -> Pending | None:
        """For the browser that began it."""
        row = await self._state.row("SELECT box FROM sign_in WHERE id = ?", name)
        return self._opened(row["box"], name, cookie) if row is not None else None

    async def changed(self, pending: Pending, **change: Any) -> Pending:
        later = replace(pending, **change)
        async with self._state.writing() as transaction:
            await transaction.execute("UPDATE sign_in SET box = ? WHERE id = ?", self._box(later), later.id)
        return later

    async def taken(self, name: str, cookie: str) -> Pending | None:
        """For the last time."""
        if await self.found(name, cookie) is None:
            return None
        async with self._state.writing() as transaction:
            row = await transaction.row("DELETE FROM sign_in WHERE id = ? RETURNING box", name)
        return self._opened(row["box"], name, cookie) if row is not None else None

    def _box(self, pending: Pending) -> bytes:
        return self._sealer.seal(
            json.dumps(vars(pending)).encode(), (SIGN_INS.table, SIGN_INS.column, pending.id)
        )

    def _opened(self, box: bytes, name: str, cookie: str) -> Pending | None:
        try:
            content = self._sealer.open(bytes(box), (SIGN_INS.table, SIGN_INS.column, name))
        except BrokenBox:
            return None
        pending = Pending(**json.loads(content))
        is_its_browser = hmac.compare_digest(pending.browser, digest_of(cookie))
        return pending if is_its_browser and pending.ends >= self._now() else None
