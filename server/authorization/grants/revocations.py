"""What was ended: a caller, a grant, a client, a key or an account, by one table that every request looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from ...callers.caller_identity import Identity, TokenVerifier
from ...callers.caller_rule import caller_id
from ...callers.epoch import raise_epoch
from ...local.state.state import State, Transaction

KNOWN_SECONDS = 4.0
MOST_KNOWN = 1_000


class Revoked(StrEnum):
    CALLER = "caller"
    """Of `caller_id`: a person or a key's identity."""
    GRANT = "grant"
    CLIENT = "client"
    KEY = "key"
    ACCOUNT = "account"
    """Of a FileMaker account, as `Account.name` has it."""


class Revocations:
    def __init__(self, state: Callable[[], State], now: Callable[[], float]) -> None:
        """`state` is asked for when it is needed."""
        self._read = state
        self._now = now

    @property
    def _state(self) -> State:
        return self._read()

    async def are_any(self, what: Sequence[tuple[Revoked, str]]) -> bool:
        if not what:
            return False
        either = " OR ".join("(kind = ? AND what = ?)" for _ in what)
        values = [value for kind, name in what for value in (kind.value, name)]
        return (
            await self._state.row(f"SELECT 1 AS ended FROM revoked WHERE {either} LIMIT 1", *values)
            is not None
        )

    async def put(self, kind: Revoked, what: str, reason: str) -> None:
        async with self._state.writing() as transaction:
            self.put_in(transaction, kind, what, reason)

    def put_in(self, transaction: Transaction, kind: Revoked, what: str, reason: str) -> None:
        transaction.put(
            "INSERT INTO revoked (kind, what, at, reason) VALUES (?, ?, ?, ?) ON CONFLICT (kind, what) DO NOTHING",
            kind.value, what, self._now(), reason,
        )  # fmt: skip
        raise_epoch(transaction)

    async def lift(self, kind: Revoked, what: str) -> bool:
        async with self._state.writing() as transaction:
            raise_epoch(transaction)
            return bool(
                await transaction.execute("DELETE FROM revoked WHERE kind = ? AND what = ?", kind.value, what)
            )


class Unrevoked:
    """Tokens of others, as long as nobody ended whom they prove. An answer of the state is taken for true for four seconds: asking it is
    half of what a call costs before its tool begins."""

    def __init__(
        self, verifier: TokenVerifier, revocations: Revocations, steady: Callable[[], float]
    ) -> None:
        """`steady` is a clock that nobody sets."""
        self._verifier = verifier
        self._revocations = revocations
        self._steady = steady
        self._known: dict[tuple[tuple[Revoked, str], ...], tuple[float, bool]] = {}

    async def verify(self, token: str) -> Identity | None:
        identity = await self._verifier.verify(token)
        if identity is None:
            return None
        what = (
            (Revoked.CALLER, caller_id(identity)), (Revoked.CLIENT, identity.client), (Revoked.KEY, identity.subject),
        )  # fmt: skip
        asked, are_ended = self._known.get(what, (float("-inf"), False))
        now = self._steady()
        if now - asked >= KNOWN_SECONDS:
            are_ended = await self._revocations.are_any(what)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[what] = (now, are_ended)
        return None if are_ended else identity
