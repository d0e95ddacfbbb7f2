"""Who asks Claris ID for the token web service: each password is proved once, and a refused one not a second time."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from ...errors import SignInFailed
from ..clock import Clock
from ..error_hold import ErrorHold
from ..http_connection import ConnectionFactory
from ..single_flight import SingleFlight
from .claris_id import ClarisId
from .claris_refusals import ends_sign_in, login_needed, refusal
from .claris_sign_in import ClarisSignIn, CodeRequest, unanswered
from .cognito import Cognito, CognitoRefused, Device, Tokens
from .kept_sign_in import KeptSignIn, KeptSignIns, brought
from .pool_discovery import PoolDiscovery

REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class GivenTokens:
    """What a program gets. `refresh_token` names the device that it is bound to, where the pool remembers devices."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class KnownPair:
    """One pair of name and password, or one refresh token, as other programs repeat it."""

    def __init__(self, clock: Clock) -> None:
        self.hold = ErrorHold(clock)
        self.flight: SingleFlight[GivenTokens] = SingleFlight()
        self.is_right = False
        """The password was proved, and the kept sign-in stands in for the second step."""


class TokenGiver:
    """Gives tokens of any Claris ID. Raises SignInFailed or Unreachable.

    `kept` finds what `filemaker-mcp login` kept for a Claris ID: it serves where two-step verification asks for a code.
    """

    def __init__(
        self,
        connect: ConnectionFactory,
        finder: PoolDiscovery,
        clock: Clock,
        kept: Callable[[str], KeptSignIns] | None = None,
    ) -> None:
        self._connect = connect
        self._cognito = Cognito(connect, clock)
        self._finder = finder
        self._clock = clock
        self._kept = kept
        self._pairs: OrderedDict[str, KnownPair] = OrderedDict()
        self._own: OrderedDict[str, ClarisId] = OrderedDict()

    async def first(self, user: str, password: str) -> GivenTokens:
        proof = self._pair(user.casefold(), password)

        async def proved() -> GivenTokens:
            proof.hold.check()
            try:
                return await self._proved(proof, user, password)
            except SignInFailed as error:
                raise proof.hold.hold(error) from None

        return await proof.flight.join(proved)

    async def refreshed(self, user: str, text: str) -> GivenTokens:
        proof = self._pair("", text)

        async def renewed() -> GivenTokens:
            return await self._renewed(user, text)

        start: Callable[[], Coroutine[Any, Any, GivenTokens]] = renewed
        return await proof.flight.join(start)

    async def _proved(self, proof: KnownPair, user: str, password: str) -> GivenTokens:
        if proof.is_right:
            return await self._by_own(user)
        sign_in = ClarisSignIn(self._cognito, self._clock)
        try:
            answer = await self._finder.with_pool(lambda pool: sign_in.begin(pool, user, password))
        except CognitoRefused as refused:
            raise refusal(refused, user) from None
        if isinstance(answer, CodeRequest):
            try:
                given = await self._by_own(user)
            except SignInFailed as error:
                if error.reason != "login_needed":
                    raise
                raise unanswered(answer) from None
            proof.is_right = True
            return given
        return self._given(answer, answer.refresh_token or "", answer.device)

    async def _renewed(self, user: str, text: str) -> GivenTokens:
        own = self._kept(user).read() if self._kept else None
        if own is not None and own.text == text:
            return await self._by_own(user)
        sign_in = brought(text, self._finder.pool)
        if sign_in is None:
            raise login_needed(user, "The refresh token is not one that Claris gave")
        token, device = sign_in.refresh_token, sign_in.device
        try:
            tokens = await self._finder.with_pool(
                lambda pool: self._cognito.refresh(pool, token, device.key if device else "")
            )
        except CognitoRefused as refused:
            if ends_sign_in(refused):
                raise login_needed(user, "The refresh token was refused") from None
            raise refusal(refused, user, at_refresh=True) from None
        return self._given(tokens, tokens.refresh_token or "", device)

    async def _by_own(self, user: str) -> GivenTokens:
        """By the kept sign-in of this machine. It stays the one that is kept, whatever the pool replaces."""
        if self._kept is None:
            raise login_needed(user, "No sign-in is kept here")
        name = user.casefold()
        if name not in self._own:
            self._own[name] = ClarisId(
                user=user,
                password=None,
                configured=None,
                cognito=Cognito(self._connect, self._clock),
                finder=PoolDiscovery(self._finder.pool, self._connect),
                kept=self._kept(user),
                clock=self._clock,
            )
        self._own.move_to_end(name)
        if len(self._own) > REMEMBERED:
            self._own.popitem(last=False)
        tokens = await self._own[name].tokens()
        kept = self._kept(user).read()
        return GivenTokens(tokens.id_token, tokens.access_token, kept.text if kept else "")

    def _given(self, tokens: Tokens, refresh_token: str, device: Device | None) -> GivenTokens:
        text = KeptSignIn(self._finder.pool, refresh_token, device).text if refresh_token else ""
        return GivenTokens(tokens.id_token, tokens.access_token, text)

    def _pair(self, user: str, secret: str) -> KnownPair:
        """The one that remembers this pair. Its name holds neither."""
        pair = hashlib.sha256(f"{user}\0{secret}".encode()).hexdigest()
        if pair not in self._pairs:
            self._pairs[pair] = KnownPair(self._clock)
        self._pairs.move_to_end(pair)
        if len(self._pairs) > REMEMBERED:
            self._pairs.popitem(last=False)
        return self._pairs[pair]
