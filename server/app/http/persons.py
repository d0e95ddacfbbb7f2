"""Which callers are one and the same person, and whose a key is."""

from __future__ import annotations

from collections.abc import Sequence

from ...caller import KEYS, parts_of
from ...callers.caller_keys import CallerKeys
from .caller_seats import CallerSeats


class Persons:
    def __init__(self, seats: CallerSeats, keys: CallerKeys) -> None:
        self._seats = seats
        self._keys = keys

    async def behind(self, caller: str) -> frozenset[str]:
        """All callers that are the person by whom something was asked for: a key counts as its owner."""
        same = self._seats.same_person(caller)
        owners = [key.owner for key in await self._keys.all() if f"{KEYS}|{key.name}" in same and key.owner]
        return same.union(*map(self._seats.same_person, owners))

    async def beside(self, caller: str) -> Sequence[str]:
        """For whom a person answers besides this caller: other accounts and keys of theirs."""
        own = self._seats.same_person(caller)
        keys = {
            each
            for key in await self._keys.all()
            if key.owner and self._seats.same_person(key.owner) & own
            for each in self._seats.same_person(f"{KEYS}|{key.name}")
        }
        return sorted((own | keys) - {caller})

    async def is_ended_key(self, caller: str) -> bool:
        """Whether it is a key that was revoked, or does not count any more. One that expired has ended as it was meant to."""
        if not is_key(caller):
            return False
        return not any(
            f"{KEYS}|{key.name}" == caller and key.counts and key.revoked is None
            for key in await self._keys.all()
        )

    async def is_nobodys(self, caller: str) -> bool:
        """Whether it is a key for which no person answers."""
        return is_key(caller) and all(map(is_key, await self.behind(caller)))


def is_key(caller: str) -> bool:
    parts = parts_of(caller)
    return parts is not None and parts[0] == KEYS
