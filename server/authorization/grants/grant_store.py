"""Codes become grants, and grants have tokens: each step is one transaction, and what can be used once is deleted by the statement
that reads it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ...callers.caller_identity import Identity
from ...callers.epoch import raise_epoch
from ...errors import FilemakerMcpError
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import OAUTH_CODES, OAUTH_GRANTS, OAUTH_TOKENS, SealedColumn
from ...local.state.state import Row, State, Transaction
from .grant import Grant, Person
from .token_text import ACCESS, REFRESH, TOKEN, digest_of, fresh, successors

CODE_SECONDS = 60.0
ACCESS_SECONDS = 600.0
IDLE_SECONDS = 7 * 86_400.0
LIFE_SECONDS = 30 * 86_400.0
UNUSED_SECONDS = 90 * 86_400.0
"""After which a kept credential that nobody used is gone."""
AGAIN_SECONDS = 10.0
"""For so long a refresh token that was replaced gives the same successors again, since an answer may have been lost."""


class NotGranted(FilemakerMcpError):
    """A code or a token that gives nothing. The client is told no more than that."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for until it is used."""

    grant: Grant
    redirect: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refreshable:
    """A refresh token that may give a new pair, once its person has been looked at."""

    token: str
    grant: Grant
    is_again: bool
    """Whether it was replaced a moment ago: the pair that it gave is given once more."""


class GrantStore:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._ring = ring
        self._now = now
        self._sealers = {each.table: each.sealer(ring) for each in (OAUTH_CODES, OAUTH_GRANTS, OAUTH_TOKENS)}

    async def code(self, code: Code) -> str:
        """For one use within a minute."""
        text, now = fresh(), self._now()
        content = {"redirect": code.redirect, "challenge": code.challenge, "ends": now + CODE_SECONDS,
                   "grant": code.grant.box().decode()}  # fmt: skip
        box = self._sealed(OAUTH_CODES, json.dumps(content).encode(), digest_of(text))
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM oauth_code WHERE ends < ?", now)
            transaction.put(
                "INSERT INTO oauth_code (digest, box, ends, caller, client) VALUES (?, ?, ?, ?, ?)",
                digest_of(text), box, now + CODE_SECONDS, code.grant.person.caller, code.grant.client,
            )  # fmt: skip
        return text

    async def redeemed(self, text: str, is_right: Callable[[Code], bool]) -> Pair:
        """The first pair of a grant. The code is gone then, whatever comes of it, and its second use ends what the first one
        gave. Raises NotGranted."""
        digest, now, pair = digest_of(text), self._now(), None
        async with self._state.writing() as transaction:
            row = await transaction.row("DELETE FROM oauth_code WHERE digest = ? RETURNING box", digest)
            code = None if row is None else self._code(row, digest, now)
            if row is None:
                await _end(transaction, "code = ?", digest)
            elif code is not None and is_right(code):
                pair = self._begin(transaction, code.grant, digest, now)
        if pair is None:
            raise NotGranted("The code was used, is too old, or was given for something else")
        return pair

    def _code(self, row: Row, digest: str, now: float) -> Code | None:
        try:
            told = self._opened(OAUTH_CODES, row, digest)
        except BrokenBox:
            return None
        if told["ends"] < now:
            return None
        return Code(Grant.in_box(told["grant"].encode()), told["redirect"], told["challenge"])

    def _begin(self, transaction: Transaction, grant: Grant, code: str, now: float) -> Pair:
        pair = Pair(fresh(ACCESS), fresh(REFRESH), grant.scopes)
        transaction.put(
            "INSERT INTO oauth_grant (id, caller, client, code, state, box, made, used) VALUES (?, ?, ?, ?, 'live', ?, ?, ?)",
            grant.id, grant.person.caller, grant.client, code,
            self._sealed(OAUTH_GRANTS, grant.box(), grant.id), now, now,
        )  # fmt: skip
        self._put(transaction, grant, pair, now)
        return pair

    async def identity(self, token: str) -> Identity | None:
        """Whom an access token proves now."""
        if not token.startswith(ACCESS) or not TOKEN.fullmatch(token):
            return None
        row = await self._state.row(LOOK, digest_of(token))
        grant = self._live(row, token, "access")
        return None if grant is None else grant.identity

    async def refreshable(self, token: str, client: str) -> Refreshable:
        """Raises NotGranted. A token that was replaced a while ago ends its grant: somebody else has the new one."""
        row = None
        if token.startswith(REFRESH) and TOKEN.fullmatch(token):
            row = await self._state.row(LOOK, digest_of(token))
        grant = self._live(row, token, "refresh")
        if row is None or grant is None or grant.client != client:
            raise NotGranted("The refresh token is over, or belongs to another client")
        if row["replaced"] is not None and not 0 <= self._now() - row["replaced"] <= AGAIN_SECONDS:
            await self.end(grant.id)
            raise NotGranted("The refresh token was used before: its grant is ended")
        return Refreshable(token, grant, row["replaced"] is not None)

    async def refreshed(self, found: Refreshable, person: Person, scopes: frozenset[str]) -> Pair:
        """The next pair, with what is known of the person now. Raises NotGranted where the grant ended meanwhile."""
        access, refresh = successors(self._ring.derived(self._ring.first, "oauth_successors"), found.token)
        grant, now = replace(found.grant, person=person), self._now()
        pair = Pair(access, refresh, scopes)
        async with self._state.writing(grant.id) as transaction:
            row = await transaction.row(LOOK, digest_of(found.token))
            if self._live(row, found.token, "refresh") is None or row is None:
                raise NotGranted("The grant was ended")
            if row["replaced"] is not None:
                return pair  # the same one that was given a moment ago
            await transaction.execute(
                "UPDATE oauth_token SET replaced = ? WHERE digest = ?", now, digest_of(found.token)
            )
            await transaction.execute(
                "UPDATE oauth_grant SET box = ?, used = ? WHERE id = ?",
                self._sealed(OAUTH_GRANTS, grant.box(), grant.id), now, grant.id,
            )  # fmt: skip
            self._put(transaction, grant, pair, now)
        return pair

    async def is_live(self, grant_id: str) -> bool:
        row = await self._state.row("SELECT state FROM oauth_grant WHERE id = ?", grant_id)
        return row is not None and row["state"] == "live"

    async def end(self, grant_id: str) -> None:
        async with self._state.writing() as transaction:
            await _end(transaction, "id = ?", grant_id)

    async def end_by_token(self, token: str, client: str) -> None:
        """As a client asks for it. Nothing where the token is none of this client's."""
        row = await self._state.row(LOOK, digest_of(token))
        if row is not None and row["client"] == client:
            await self.end(row["id"])

    async def end_of(self, caller: str) -> int:
        """Grants, and who is signed in to our pages. How many grants were ended."""
        async with self._state.writing() as transaction:
            for table in ("person_session", "oauth_code"):
                transaction.put(f"DELETE FROM {table} WHERE caller = ?", caller)
            return await _end(transaction, "caller = ?", caller)

    async def wait(self, caller: str) -> None:
        """Until the person signs in anew: FileMaker or the provider refused them. Our pages wait too, and what was kept of
        their accounts is gone."""
        async with self._state.writing() as transaction:
            for table in ("credential", "person_session", "oauth_code"):
                transaction.put(f"DELETE FROM {table} WHERE caller = ?", caller)
            await transaction.execute(
                "UPDATE oauth_grant SET state = 'waits' WHERE caller = ? AND state = 'live'", caller
            )

    async def expire(self) -> None:
        now = self._now()
        async with self._state.writing() as transaction:
            await transaction.execute("DELETE FROM oauth_token WHERE made < ?", now - IDLE_SECONDS)
            await transaction.execute(
                "DELETE FROM credential WHERE used < ? OR caller IN (SELECT caller FROM oauth_grant WHERE made < ? OR used < ?)"
                " AND caller NOT IN (SELECT caller FROM oauth_grant WHERE made >= ? AND used >= ?)",
                now - UNUSED_SECONDS, *(now - LIFE_SECONDS, now - IDLE_SECONDS) * 2,
            )  # fmt: skip
            await transaction.execute(
                "DELETE FROM oauth_grant WHERE made < ? OR used < ?", now - LIFE_SECONDS, now - IDLE_SECONDS
            )

    def _put(self, transaction: Transaction, grant: Grant, pair: Pair, now: float) -> None:
        for kind, text, seconds, scopes in (
            ("access", pair.access, ACCESS_SECONDS, pair.scopes),
            ("refresh", pair.refresh, IDLE_SECONDS, grant.scopes),
        ):
            content = {
                "grant": grant.id,
                "kind": kind,
                "ends": min(now + seconds, grant.ends),
                "scopes": sorted(scopes),
            }
            box = self._sealed(OAUTH_TOKENS, json.dumps(content).encode(), digest_of(text))
            transaction.put(
                "INSERT INTO oauth_token (digest, grant_id, made, box) VALUES (?, ?, ?, ?)",
                digest_of(text), grant.id, now, box,
            )  # fmt: skip

    def _live(self, row: Row | None, token: str, kind: str) -> Grant | None:
        """The grant of a token, with the scopes of the token; None where either is over."""
        if row is None or row["state"] != "live" or row["ended"]:
            return None
        try:
            told = self._opened(OAUTH_TOKENS, row, digest_of(token), "token_box")
            content = self._opened(OAUTH_GRANTS, row, row["id"])
        except BrokenBox:
            return None
        grant = Grant.in_box(json.dumps(content).encode())
        is_own = (told["grant"], told["kind"]) == (grant.id, kind) and row["caller"] == grant.person.caller
        if not is_own or told["ends"] < self._now() or row["client"] != grant.client:
            return None
        return replace(grant, scopes=frozenset(told["scopes"]))

    def _sealed(self, column: SealedColumn, content: bytes, key: str) -> bytes:
        return self._sealers[column.table].seal(content, (column.table, column.column, key))

    def _opened(self, column: SealedColumn, row: Row, key: str, name: str = "box") -> dict[str, Any]:
        return json.loads(
            self._sealers[column.table].open(bytes(row[name]), (column.table, column.column, key))
        )


LOOK = """
SELECT g.id, g.caller, g.client, g.state, g.box, t.box AS token_box, t.replaced, EXISTS (
    SELECT 1 FROM revoked WHERE (kind = 'caller' AND what = g.caller) OR (kind = 'client' AND what = g.client)
        OR (kind = 'grant' AND what = g.id)
) AS ended
FROM oauth_token AS t JOIN oauth_grant AS g ON g.id = t.grant_id WHERE t.digest = ?
"""


async def _end(transaction: Transaction, which: str, value: str) -> int:
    """Kept credentials go with the last grant of their person. A copy of the state in which a grant lives on is behind then."""
    count = await transaction.execute(
        f"UPDATE oauth_grant SET state = 'over' WHERE {which} AND state <> 'over'", value
    )
    await transaction.execute(
        f"DELETE FROM credential WHERE caller IN (SELECT caller FROM oauth_grant WHERE {which})"
        " AND caller NOT IN (SELECT caller FROM oauth_grant WHERE state = 'live')",
        value,
    )
    if count:
        raise_epoch(transaction)
    return count


def grant_id() -> str:
    return secrets.token_urlsafe(12)
