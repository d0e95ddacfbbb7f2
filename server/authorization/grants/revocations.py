"""What was ended: a caller, a grant, a client, a key or an account, by one table that every request looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from ...callers.epoch import raise_epoch
from ...local.state.state import State, Transaction


class Revoked(StrEnum):
    CALLER = "caller"
    """Of `caller_id`: a person or a key's identity."""
    GRANT = "grant"
    CLIENT = "client"
    KEY = "key"
    ACCOUNT = "account"
    """Of a FileMaker account: its name, folded, in every database."""


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
