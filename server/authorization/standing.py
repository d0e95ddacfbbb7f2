"""Whether a person who signed in some time ago is still let in: asked at each refresh, so at least every ten minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .grants.grant import Person
from .sign_in.arrival_desk import Admission, ArrivalDesk

AccountProof = Callable[[Person], Awaitable[bool]]
"""Whether every FileMaker account that acts for a person can still sign in: by a log-in, or by a session that was good within the
last ten minutes. Raises NotProved."""


class Standing:
    def __init__(self, desk: ArrivalDesk, admission: Admission, accounts: AccountProof) -> None:
        self._desk = desk
        self._admission = admission
        self._accounts = accounts

    async def renewed(self, person: Person) -> Person | None:
        """The person as they are now; None where they are let in no more. Raises NotProved."""
        way = self._desk.way(person.way)
        now = None if way is None else await way.renewed(person)
        if now is None or await self._admission(now):
            return None
        return now if await self._accounts(now) else None
