"""Id tokens of a Claris ID: kept for their hour, then renewed by the refresh token, and only at last by the password."""

from __future__ import annotations

from collections.abc import Callable

import anyio
from anyio import to_thread

from ...errors import SignInFailed, Unreachable
from ..clock import Clock, Moment
from ..error_hold import NEVER, STATE_SECONDS, ErrorHold
from .claris_refusals import challenged, ends_sign_in, login_needed, refusal
from .claris_sign_in import ClarisSignIn, CodeRequest, unanswered
from .cognito import Cognito, CognitoRefused, Device, Tokens
from .id_token import KeptIdToken
from .kept_sign_in import SENT_CODES, KeptSignIn, KeptSignIns, brought
from .pool_discovery import PoolDiscovery
from .sign_in_dialogue import SignInDialogue

TRIES = 5
"""Refresh tokens that are tried in one renewal. Another process may put new ones in place meanwhile."""


class ClarisId:
    """One Claris ID. Fifty callers that need a token at once cause one request, and a refused password is proved once."""

    def __init__(
        self,
        *,
        user: str,
        password: Callable[[], str] | None,
        configured: Callable[[], str] | None,
        cognito: Cognito,
        finder: PoolDiscovery,
        kept: KeptSignIns,
        clock: Clock,
    ) -> None:
        """`configured` gives the refresh token of the settings."""
        self.user = user
        self._password = password
        self._configured = configured
        self._cognito = cognito
        self._finder = finder
        self._kept = kept
        self._lock = kept.lock(clock)
        self._clock = clock
        self._token = KeptIdToken(clock)
        self.way = ""
        """How the id token was last obtained."""
        self._spent: set[str] = set()
        """Refresh tokens that are over."""
        self._why = "Nobody is signed in to Claris ID"
        self._device: Device | None = None
        """The last one that the pool knew us as."""
        self._pause = ErrorHold(clock)
        """After throttling or a broken network: for everybody."""
        self._renewal = ErrorHold(clock)
        """After a refusal that leaves the kept sign-in good: for that sign-in, so that a new one is noticed."""
        self._proof = ErrorHold(clock)
        """After a refused password: for that password alone."""
        self._asked: tuple[SignInDialogue, CodeRequest, Moment] | None = None
        """The code that Claris waits for since the last proof."""
        self._wanted: Moment | None = None
        """When a person last wanted to know how things are, whatever a further attempt sends."""

    def __repr__(self) -> str:
        return f"ClarisId({self.user!r})"

    async def id_token(self, *, refused: str | None = None) -> str:
        return await self._token.id_token(refused, self._renew)

    def reconsider(self) -> None:
        self._renewal.reconsider()
        if self._proof.reconsider():
            self._wanted = Moment.now(self._clock)

    def dialogue(self, sign_in: ClarisSignIn | None = None) -> SignInDialogue:
        """For a person who is asked. What it keeps serves here at once."""
        return SignInDialogue(self._cognito, self._finder, self._kept, self._clock, sign_in=sign_in)

    def waiting_question(self, seconds: float) -> tuple[SignInDialogue, CodeRequest, Moment] | None:
        """The code that Claris waits for, once, if it asked less than so long ago: the message with it may be on its way."""
        asked, self._asked = self._asked, None
        return asked if asked is not None and asked[2].age(self._clock) < seconds else None

    async def tokens(self) -> Tokens:
        """New tokens, and never older ones. One process of this machine asks for them at a time."""
        self._pause.check()
        try:
            async with self._lock.held():
                tokens = await self._by_kept_sign_in()
                self.way = "the saved sign-in"
                if tokens is None:
                    tokens = await self._by_password()
                    self.way = "the password"
        except Unreachable as error:
            raise self._pause.hold(error) from None
        except SignInFailed as error:
            if error.reason in ("busy", "intercepted"):
                self._pause.hold(error)
            raise
        self._proof.release()
        self._renewal.release()
        return tokens

    async def _renew(self) -> tuple[str, float]:
        tokens = await self.tokens()
        return tokens.id_token, tokens.life

    async def _by_kept_sign_in(self) -> Tokens | None:
        """None when there is no refresh token left to try. Only a token that is over leads on to the next one and at last to the
        password. A block, throttling or a broken network raises and leaves everything as it is."""
        for _ in range(TRIES):
            sign_in = await to_thread.run_sync(self._next_sign_in)
            if sign_in is None:
                return None
            self._renewal.check(sign_in.refresh_token)
            try:
                return await self._refreshed(sign_in)
            except CognitoRefused as refused:
                if not ends_sign_in(refused):
                    error = refusal(refused, self.user, at_refresh=True)
                    raise self._renewal.hold(error, secret=sign_in.refresh_token) from None
            await to_thread.run_sync(self._spend, sign_in.refresh_token)
        return None

    async def _refreshed(self, sign_in: KeptSignIn) -> Tokens:
        self._finder.begin_at(sign_in.pool)
        token, device = sign_in.refresh_token, sign_in.device
        try:
            tokens = await self._finder.with_pool(
                lambda pool: self._cognito.refresh(pool, token, device.key if device else "")
            )
        except CognitoRefused as refused:
            if refused.kind != "DeviceNotFound":
                raise
            device = None  # somebody made the pool forget it
            tokens = await self._finder.with_pool(lambda pool: self._cognito.refresh(pool, token))
        self._device = device
        if tokens.refresh_token is not None and tokens.refresh_token != token:
            await self._keep(KeptSignIn(self._finder.pool, tokens.refresh_token, device))
        return tokens

    async def _by_password(self) -> Tokens:
        if self._password is None:
            raise login_needed(self.user, self._why)
        password = await to_thread.run_sync(self._password)
        self._proof.check(password)
        await self._refuse_to_send_a_code(password)
        sign_in = ClarisSignIn(self._cognito, self._clock)
        try:
            answer = await self._finder.with_pool(
                lambda pool: sign_in.begin(pool, self.user, password, self._device)
            )
        except CognitoRefused as refused:
            raise self._held(refusal(refused, self.user), password) from None
        except SignInFailed as error:
            raise self._held(error, password) from None
        kind = answer.kind if isinstance(answer, CodeRequest) else ""
        await to_thread.run_sync(self._kept.note_asked_for, kind)
        if isinstance(answer, CodeRequest):
            is_sent = kind in SENT_CODES
            self._asked = (self.dialogue(sign_in), answer, Moment.now(self._clock))
            raise self._proof.hold(
                unanswered(answer),
                secret=password,
                seconds=NEVER if is_sent else None,
                anew_after=STATE_SECONDS if is_sent else 0.0,
            )
        if answer.refresh_token is not None:
            await self._keep(KeptSignIn(self._finder.pool, answer.refresh_token, answer.device))
        return answer

    async def _refuse_to_send_a_code(self, password: str) -> None:
        """Where the last proof made Claris send a code, also in an earlier run, another is made only when a person wants it."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted.age(self._clock) < STATE_SECONDS:
            return
        if kind := await to_thread.run_sync(self._kept.asked_for):
            raise self._proof.hold(challenged(kind, self.user), secret=password, seconds=NEVER)

    def _held(self, error: SignInFailed, password: str) -> SignInFailed:
        if error.reason in ("busy", "intercepted"):
            return error
        return self._proof.hold(error, secret=password)

    def _next_sign_in(self) -> KeptSignIn | None:
        kept = self._kept.read()
        if kept is not None and kept.refresh_token not in self._spent:
            return kept
        text = self._configured() if self._configured else ""
        given = brought(text, self._finder.pool)
        if text and given is None:
            self._why = "The refresh token in the settings is not one that Claris gave"
        return given if given is not None and given.refresh_token not in self._spent else None

    async def _keep(self, sign_in: KeptSignIn) -> None:
        self._device = sign_in.device
        with anyio.CancelScope(shield=True):  # the pool may have ended the one before
            await to_thread.run_sync(self._kept.write, sign_in)

    def _spend(self, token: str) -> None:
        self._spent.add(token)
        self._why = "The saved sign-in was refused"
        self._kept.forget(token)
