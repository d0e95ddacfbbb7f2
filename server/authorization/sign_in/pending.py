"""What a person has begun in one browser and has not finished: a sealed ticket that the browser itself keeps for minutes, held by a
cookie, used once.

Nothing of it is kept here until somebody has shown who they are, so that no flood of visitors pushes anybody else's sign-in out.
"""

from __future__ import annotations

import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import FilemakerMcpError
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import Sealer
from ...local.state.state import State
from ..grants.token_text import digest_of

SECONDS = 900.0
MOST = 20_000
"""Used tickets that are known. The oldest are forgotten: whoever comes with one of them has to show anew who they are, too."""
LONGEST = 3_800
"""Characters: a cookie has 4,096 with its name (RFC 6265)."""
ROOM = 400
"""Of these, kept for what is agreed with a provider after it was begun: nonce and verifier, which nothing makes shorter."""
PURPOSE = "sign_in"


class TooLong(FilemakerMcpError):
    """More was asked for than a ticket can hold. Nothing was begun."""


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
    ticket: str = field(default="", repr=False)
    """All of this, sealed."""


class PendingStore:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._sealer = Sealer(ring, PURPOSE)
        self._now = now

    def begin(
        self, purpose: str, cookie: str, facts: Mapping[str, Any], *, is_agreed: bool = False
    ) -> Pending:
        """Raises TooLong."""
        name, ends = secrets.token_urlsafe(24), self._now() + SECONDS
        begun = self._sealed(Pending(name, purpose, digest_of(cookie), facts, is_agreed, {}, ends))
        if len(begun.ticket) > LONGEST - ROOM:
            raise TooLong("More was asked for than a sign-in can hold")
        return begun

    def found(self, ticket: str, cookie: str) -> Pending | None:
        """For the browser that began it. A key that was replaced opens nothing."""
        try:
            box = urlsafe_b64decode(ticket[:LONGEST])
            if not self._sealer.is_of_first(box):
                return None
            told: dict[str, Any] = json.loads(zlib.decompress(self._sealer.open(box, (PURPOSE,))))
        except (FilemakerMcpError, ValueError):
            return None
        pending = Pending(**told, ticket=ticket)
        is_its_browser = hmac.compare_digest(pending.browser, digest_of(cookie))
        return pending if is_its_browser and pending.ends >= self._now() else None

    def changed(self, pending: Pending, **change: Any) -> Pending:
        """`change` has to fit into `ROOM`. The ticket of before stays good: it says less."""
        return self._sealed(replace(pending, **change))

    async def taken(self, ticket: str, cookie: str) -> Pending | None:
        """For the last time."""
        pending, now = self.found(ticket, cookie), self._now()
        if pending is None:
            return None
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM used_ticket WHERE ends < ?", now)
            row = await transaction.row("SELECT COUNT(*) AS number FROM used_ticket")
            if row is not None and row["number"] >= MOST:
                transaction.put(
                    "DELETE FROM used_ticket WHERE id IN (SELECT id FROM used_ticket ORDER BY ends LIMIT ?)",
                    MOST // 10,
                )
            first = await transaction.row(
                "INSERT INTO used_ticket (id, ends) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING id",
                pending.id, pending.ends,
            )  # fmt: skip
        return None if first is None else pending

    def _sealed(self, pending: Pending) -> Pending:
        told = {name: value for name, value in vars(pending).items() if name != "ticket"}
        content = zlib.compress(json.dumps(told).encode())
        return replace(pending, ticket=urlsafe_b64encode(self._sealer.seal(content, (PURPOSE,))).decode())
