"""Tokens of people, taken only while FileMaker still signs their accounts in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ...authorization.not_proved import NotProved
from ...callers.caller_identity import Identity, TokenVerifier
from ...callers.caller_rule import caller_id
from ...errors import Forbidden
from ..seat import Seat
from .account_checks import AccountChecks


@dataclass(frozen=True)
class ProvedAccounts:
    """A session that is open goes on after its account was disabled, and what is kept here is asked of no session at all. So a
    log-in has to be younger than `seconds`, before anything is answered."""

    tokens: TokenVerifier
    seat_of: Callable[[Identity], Awaitable[Seat]]
    checks: AccountChecks
    seconds: float
    refused: Callable[[str], Awaitable[None]]
    """What follows for the caller whose account FileMaker refused."""

    async def verify(self, token: str) -> Identity | None:
        identity = await self.tokens.verify(token)
        if identity is None or await self._sign_in(identity):
            return identity
        await self.refused(caller_id(identity))
        return None

    async def _sign_in(self, identity: Identity) -> bool:
        try:
            seat = await self.seat_of(identity)
            return await self.checks.are_good(seat.settings.database, self.seconds)
        except (Forbidden, NotProved):  # told where the call is answered; nothing new is known
            return True
