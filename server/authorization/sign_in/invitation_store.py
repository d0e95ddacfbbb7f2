"""Invitations: the administrator names a person, and whoever opens the address first gets a passkey by that name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...errors import InputError
from ...local.state.state import State, Transaction
from ...text.readable_id import random_letters
from ..grants.token_text import digest_of, fresh

SECONDS = 3 * 86_400.0
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,59}")


@dataclass(frozen=True, slots=True)
class Invitation:
    digest: str
    person: str
    """The subject, which no later person by the same name has."""
    name: str


class InvitationStore:
    def __init__(self, state: State, now: Callable[[], float]) -> None:
        self._state = state
        self._now = now

    async def invite(self, name: str) -> str:
        """What the person brings, once within three days. Somebody who has a passkey gets another one. Raises InputError."""
        if not NAME.fullmatch(name):
            raise InputError(f"{name!r} is no name for a person: letters, digits and . _ @ - make one")
        text, now = fresh(), self._now()
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM invitation WHERE name = ? OR ends < ?", name, now)
            known = [row["person"] for row in await transaction.rows("SELECT DISTINCT person FROM passkey")]
            person = next((each for each in known if name_of(each) == name), f"{name}-{random_letters(6)}")
            transaction.put(
                "INSERT INTO invitation (digest, person, name, made, ends) VALUES (?, ?, ?, ?, ?)",
                digest_of(text), person, name, now, now + SECONDS,
            )  # fmt: skip
        return text

    async def found(self, text: str) -> Invitation | None:
        row = await self._state.row(
            "SELECT digest, person, name FROM invitation WHERE digest = ? AND ends > ?",
            digest_of(text),
            self._now(),
        )
        return None if row is None else Invitation(row["digest"], row["person"], row["name"])

    async def take(self, transaction: Transaction, digest: str) -> bool:
        """Once."""
        return bool(
            await transaction.execute(
                "DELETE FROM invitation WHERE digest = ? AND ends > ?", digest, self._now()
            )
        )


def name_of(person: str) -> str:
    return person.rpartition("-")[0]
