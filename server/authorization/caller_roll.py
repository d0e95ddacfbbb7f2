"""Who was let in, and how their access is ended: for the owner at a terminal. No key is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..callers.epoch import begin_anew
from ..errors import InputError, NameUnknown
from ..local.state.state import State, Transaction
from ..text.near_names import folded
from .grants.revocations import Revocations, Revoked

CALLERS = """
SELECT caller FROM oauth_grant UNION SELECT caller FROM credential UNION SELECT caller FROM person_session
UNION SELECT what FROM revoked WHERE kind = 'caller' UNION SELECT DISTINCT caller FROM plan WHERE caller LIKE ?
ORDER BY caller
"""
REMOTE = "%|%"
"""Callers over HTTP have an issuer; those at this machine have none."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    id: str
    """Issuer and subject, as the journal names them."""
    grants: int
    """Programs that they let in and that are let in still."""
    clients: tuple[str, ...]
    used: float | None
    accounts: tuple[str, ...]
    """FileMaker accounts that are kept for them: database and account."""
    passkeys: int
    revoked: float | None


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Of everybody: a program, or a FileMaker account."""

    kind: Revoked
    name: str
    at: float
    reason: str


OF_EVERYBODY = (
    "oauth_code", "oauth_token", "oauth_grant", "used_ticket", "person_session", "agreed_person", "invitation",
)  # fmt: skip


def end_all(transaction: Transaction) -> None:
    """Of everybody: tokens, keys, what they signed in with, what they began. Who was kept out stays out. It follows a copy of the
    state that was put back, and keys that somebody else has."""
    for table in OF_EVERYBODY:
        transaction.put(f"DELETE FROM {table}")
    begin_anew(transaction)


class CallerRoll:
    def __init__(self, state: State, now: Callable[[], float]) -> None:
        self._state = state
        self._revocations = Revocations(lambda: state, now)

    async def all(self) -> Sequence[KnownCaller]:
        return [await self._known(row["caller"]) for row in await self._state.rows(CALLERS, REMOTE)]

    async def kept_out(self) -> Sequence[KeptOut]:
        rows = await self._state.rows(
            "SELECT kind, what, at, reason FROM revoked WHERE kind IN (?, ?) ORDER BY kind, what",
            Revoked.ACCOUNT.value,
            Revoked.CLIENT.value,
        )
        return [KeptOut(Revoked(row["kind"]), row["what"], row["at"], row["reason"]) for row in rows]

    async def one(self, text: str) -> KnownCaller:
        """The caller of that id, or the only one that has it in theirs, compared as names are. Raises NameUnknown and InputError."""
        if not text.strip():
            raise InputError("The name of the caller is empty", advice="Nothing was changed.")
        found = await self.like(text)
        found = [text] if text in found else found
        if not found:
            raise NameUnknown("caller", text, advice="'filemaker-mcp callers list' shows them.")
        if len(found) > 1:
            raise InputError(
                f"{text!r} is in {len(found)} callers", advice=f"Name one whole: {', '.join(found[:5])}."
            )
        return await self._known(found[0])

    async def like(self, text: str) -> list[str]:
        """The ids of those that have it in theirs."""
        ids = [str(row["caller"]) for row in await self._state.rows(CALLERS, REMOTE)]
        return [each for each in ids if folded(text) in folded(each)]

    async def revoke(self, caller: str, reason: str, *, erase: bool = False) -> None:
        """Nobody is let in as them any more, until `admit`. `erase` forgets what is kept of them for letting them in."""
        async with self._state.writing() as transaction:
            self.revoke_in(transaction, caller, reason, erase=erase)
        if erase:
            await self._state.scrub()

    def revoke_in(self, transaction: Transaction, caller: str, reason: str, *, erase: bool) -> None:
        """As `revoke`, with whatever else stands or falls with it."""
        subject = caller.partition("|")[2]
        self._revocations.put_in(transaction, Revoked.CALLER, caller, reason)
        transaction.put("UPDATE oauth_grant SET state = 'over' WHERE caller = ?", caller)
        for table in (
            "credential",
            "person_session",
            "oauth_code",
            "agreed_person",
            *(("outsider_mark",) if erase else ()),
        ):
            transaction.put(f"DELETE FROM {table} WHERE caller = ?", caller)
        for table in ("passkey", "invitation"):
            transaction.put(f"DELETE FROM {table} WHERE person = ?", subject)
        if erase:
            transaction.put(
                "DELETE FROM oauth_token WHERE grant_id IN (SELECT id FROM oauth_grant WHERE caller = ?)",
                caller,
            )
            transaction.put("DELETE FROM oauth_grant WHERE caller = ?", caller)

    async def end_program(self, client: str, caller: str | None, reason: str) -> int:
        """What a program was given by one person, who can let it in again; without a person, by everybody, until `admit_program`.
        How many grants were ended."""
        whose, values = (" AND caller = ?", (caller,)) if caller is not None else ("", ())
        async with self._state.writing() as transaction:
            ended = await transaction.rows(
                f"UPDATE oauth_grant SET state = 'over' WHERE client = ?{whose} AND state <> 'over' RETURNING id",
                client, *values,
            )  # fmt: skip
            transaction.put(f"DELETE FROM oauth_code WHERE client = ?{whose}", client, *values)
            for row in ended:
                self._revocations.put_in(transaction, Revoked.GRANT, row["id"], reason)
            if caller is None:
                self._revocations.put_in(transaction, Revoked.CLIENT, client, reason)
        return len(ended)

    async def admit_program(self, client: str) -> bool:
        """Whether it was kept out. People let it in anew."""
        return await self._revocations.lift(Revoked.CLIENT, client)

    async def end_account(self, account: str, reason: str) -> int:
        """Nobody works by this FileMaker account any more, in any database, until `admit_account`. How many people's kept passwords of it
        are gone, with what their programs had not used yet."""
        name = folded(account)
        async with self._state.writing() as transaction:
            rows = await transaction.rows("SELECT caller, database, account FROM credential")
            kept = [row for row in rows if folded(str(row["account"])) == name]
            for row in kept:
                place = (row["caller"], row["database"])
                transaction.put("DELETE FROM credential WHERE caller = ? AND database = ?", *place)
                transaction.put("DELETE FROM oauth_code WHERE caller = ?", row["caller"])
            self._revocations.put_in(transaction, Revoked.ACCOUNT, name, reason)
        return len(kept)

    async def admit_account(self, account: str) -> bool:
        """Whether it was ended."""
        return await self._revocations.lift(Revoked.ACCOUNT, folded(account))

    async def admit(self, caller: str) -> bool:
        """Whether they were kept out. They sign in anew, by a new invitation where they had a passkey."""
        return await self._revocations.lift(Revoked.CALLER, caller)

    async def _known(self, caller: str) -> KnownCaller:
        grants, accounts, passkeys, revoked = await self._state.several(
            ("SELECT client, state, used FROM oauth_grant WHERE caller = ? ORDER BY client", (caller,)),
            ("SELECT database, account FROM credential WHERE caller = ? ORDER BY database", (caller,)),
            ("SELECT COUNT(*) AS number FROM passkey WHERE person = ?", (caller.partition("|")[2],)),
            ("SELECT at FROM revoked WHERE kind = 'caller' AND what = ?", (caller,)),
        )
        live = [row for row in grants if row["state"] == "live"]
        return KnownCaller(
            caller,
            len(live),
            tuple(dict.fromkeys(row["client"] for row in live)),
            max((row["used"] for row in grants), default=None),
            tuple(f"{row['database']}: {row['account']}" for row in accounts),
            int(passkeys[0]["number"]),
            revoked[0]["at"] if revoked else None,
        )
