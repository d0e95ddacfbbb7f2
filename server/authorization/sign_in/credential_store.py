"""FileMaker accounts that people proved on our page: sealed to the person, the database and the account, and gone with the last
grant."""

from __future__ import annotations

from collections.abc import Callable

from ...callers.caller_identity import Identity
from ...callers.caller_rule import caller_id
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import CREDENTIALS
from ...local.state.state import State
from ..grants.grant_store import UNUSED_SECONDS

USED_EVERY = 3_600.0


class CredentialStore:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._sealer = CREDENTIALS.sealer(ring)
        self._now = now

    async def keep(self, caller: str, database: str, account: str, password: str) -> None:
        now = self._now()
        box = self._sealer.seal(password.encode("utf-8", "surrogatepass"), _place(caller, database, account))
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM credential WHERE caller = ? AND database = ?", caller, database)
            transaction.put(
                "INSERT INTO credential (caller, database, account, box, made, used) VALUES (?, ?, ?, ?, ?, ?)",
                caller, database, account, box, now, now,
            )  # fmt: skip

    async def kept(self, identity: Identity, database: str) -> tuple[str, str] | None:
        """Account and password that this caller proved for exactly this database."""
        caller, now = caller_id(identity), self._now()
        row = await self._state.row(
            "SELECT account, box, used FROM credential WHERE caller = ? AND database = ? AND used > ?",
            caller, database, now - UNUSED_SECONDS,
        )  # fmt: skip
        if row is None:
            return None
        try:
            password = self._sealer.open(bytes(row["box"]), _place(caller, database, row["account"]))
        except BrokenBox:
            return None
        if now - row["used"] > USED_EVERY:
            async with self._state.writing() as transaction:
                await transaction.execute(
                    "UPDATE credential SET used = ? WHERE caller = ? AND database = ?", now, caller, database
                )
        return row["account"], password.decode("utf-8", "surrogatepass")


def _place(caller: str, database: str, account: str) -> tuple[str, ...]:
    return (CREDENTIALS.table, CREDENTIALS.column, caller, database, account)
