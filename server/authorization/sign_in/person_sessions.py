"""Who is signed in to our pages in which browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import PERSON_SESSIONS
from ...local.state.state import State
from ..grants.grant import Person
from ..grants.token_text import digest_of, fresh
from .browser_cookies import PERSON, set_strict, value_of

SECONDS = 8 * 3_600
AN_HOUR = 3_600.0
"""After which it is asked again who somebody is: groups and accounts change during a day."""
LOOK = """
SELECT s.box, s.ends, EXISTS (SELECT 1 FROM revoked WHERE kind = 'caller' AND what = s.caller) AS ended
FROM person_session AS s WHERE s.digest = ?
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    digest: str
    person: Person
    looked: float
    """When it was last asked who they are, in seconds since 1970."""


class PersonSessions:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._sealer = PERSON_SESSIONS.sealer(ring)
        self._now = now

    async def begin(self, answer: Response, person: Person) -> None:
        text, now = fresh(), self._now()
        digest = digest_of(text)
        box = self._box(digest, person, now)
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM person_session WHERE ends < ?", now)
            transaction.put(
                "INSERT INTO person_session (digest, caller, box, ends) VALUES (?, ?, ?, ?)",
                digest, person.caller, box, now + SECONDS,
            )  # fmt: skip
        set_strict(answer, PERSON, text, SECONDS)

    async def found(self, request: Request) -> SignedIn | None:
        value = value_of(request, PERSON)
        row = await self._state.row(LOOK, digest_of(value)) if value else None
        if row is None or row["ended"] or row["ends"] < self._now():
            return None
        try:
            told = json.loads(self._sealer.open(bytes(row["box"]), self._place(digest_of(value))))
        except BrokenBox:
            return None
        return SignedIn(digest_of(value), Person(**told["person"]), float(told.get("looked", 0)))

    async def renewed(self, session: SignedIn, person: Person) -> None:
        """Who they are was looked at now."""
        box = self._box(session.digest, person, self._now())
        async with self._state.writing() as transaction:
            transaction.put("UPDATE person_session SET box = ? WHERE digest = ?", box, session.digest)

    def is_old(self, session: SignedIn) -> bool:
        return self._now() - session.looked > AN_HOUR

    async def end(self, request: Request) -> None:
        async with self._state.writing() as transaction:
            await transaction.execute(
                "DELETE FROM person_session WHERE digest = ?", digest_of(value_of(request, PERSON))
            )

    def _box(self, digest: str, person: Person, looked: float) -> bytes:
        told = {"person": {**vars(person), "claims": dict(person.claims)}, "looked": looked}
        return self._sealer.seal(json.dumps(told).encode(), self._place(digest))

    def _place(self, digest: str) -> tuple[str, str, str]:
        return (PERSON_SESSIONS.table, PERSON_SESSIONS.column, digest)
