"""Id tokens of a Claris ID: kept for their hour, then renewed by the refresh token, and only at last by the password."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread

from ...errors import SignInFailed, Unreachable
from ..clock import Clock
from ..error_hold import NEVER, Latch
from ..saved_login import SavedLogins
from .claris_refusals import login_needed, refusal
from .claris_sign_in import ClarisSignIn, Question, unanswered
from .cognito import Cognito, CognitoRefused, Tokens, UserPool
from .id_token import Kept
from .pool_discovery import PoolFinder

UNREACHABLE_SECONDS = 5.0


class ClarisId:
    """One Claris ID. Fifty callers that need a token at once cause one request; none is asked twice for a refused password."""

    def __init__(
        self,
        *,
        user: str,
        password: Callable[[], str] | None,
        configured: Callable[[], str] | None,
        cognito: Cognito,
        finder: PoolFinder,
        saved: SavedLogins,
        clock: Clock,
    ) -> None:
        """`configured` gives the refresh token of the settings."""
        self._user = user
        self._password = password
        self._configured = configured
        self._cognito = cognito
        self._finder = finder
        self._saved = saved
        self._clock = clock
        self._kept = Kept(clock)
        self.way = ""
        """How the id token was last obtained."""
        self._spent: set[str] = set()
        """Refresh tokens that were refused."""
        self._pause = Latch(clock)
        """After throttling or a broken network: for everybody."""
        self._latch = Latch(clock)
        """After a refused password: for the password alone, so that a sign-in made meanwhile is noticed."""

    def __repr__(self) -> str:
        return f"ClarisId({self._user!r})"

    async def id_token(self, *, refused: str | None = None) -> str:
        return await self._kept.id_token(refused, self._renew)

    async def _renew(self) -> tuple[str, float]:
        self._pause.check()
        try:
            tokens = await self._by_refresh_token()
            self.way = "the saved sign-in"
            if tokens is None:
                tokens = await self._by_password()
                self.way = "the password"
        except Unreachable as error:
            self._pause.close(error, UNREACHABLE_SECONDS)
            raise
        except SignInFailed as error:
            if error.reason in ("busy", "intercepted"):
                self._pause.close(error, error.retry_after or UNREACHABLE_SECONDS)
            raise
        self._latch.open()
        return tokens.id_token, tokens.life

    async def _by_refresh_token(self) -> Tokens | None:
        """None when there is no refresh token left to try; a network failure raises, it never leads to the password."""
        tried = 0
        while (token := await to_thread.run_sync(self._next_refresh_token)) is not None and tried < 5:
            tried += 1
            try:
                tokens = await self._finder.with_pool(
                    lambda pool, token=token: self._cognito.refresh(pool, token)
                )
            except CognitoRefused as refused:
                if refused.kind not in ("NotAuthorizedException", "RefreshTokenReuseException"):
                    raise refusal(refused, self._user) from None
                if "disabled" in refused.message:
                    raise refusal(refused, self._user) from None
                await to_thread.run_sync(self._spend, token)
                continue
            if tokens.refresh_token is not None and tokens.refresh_token != token:
                await to_thread.run_sync(self._keep, tokens.refresh_token)
            return tokens
        return None

    async def _by_password(self) -> Tokens:
        self._latch.check()
        if self._password is None:
            raise login_needed(
                self._user,
                "The saved sign-in was refused" if self._spent else "Nobody is signed in to Claris ID",
            )
        password = await to_thread.run_sync(self._password)
        sign_in = ClarisSignIn(self._cognito, self._clock)
        try:
            asked = await self._finder.with_pool(lambda pool: sign_in.begin(pool, self._user, password))
            if isinstance(asked, Question):
                raise unanswered(asked)
        except CognitoRefused as refused:
            raise self._latched(refusal(refused, self._user)) from None
        except SignInFailed as error:
            raise self._latched(error) from None
        if asked.refresh_token is not None:
            await to_thread.run_sync(self._keep, asked.refresh_token)
        return asked

    def _latched(self, error: SignInFailed) -> SignInFailed:
        if error.reason not in ("busy", "intercepted"):
            self._latch.close(error, error.retry_after or NEVER)
        return error

    @property
    def _name(self) -> str:
        return saved_name(self._finder.pool, self._user)

    def _next_refresh_token(self) -> str | None:
        stored = (self._saved.read(self._name) or {}).get("refresh_token")
        given = self._configured() if self._configured else None
        return next((token for token in (stored, given) if token and token not in self._spent), None)

    def _keep(self, token: str) -> None:
        pool = self._finder.pool
        self._saved.write(
            self._name,
            {
                "user": self._user,
                "pool_id": pool.pool_id,
                "client_id": pool.client_id,
                "refresh_token": token,
            },
        )

    def _spend(self, token: str) -> None:
        self._spent.add(token)
        if (self._saved.read(self._name) or {}).get("refresh_token") == token:
            self._saved.delete(self._name)


def saved_name(pool: UserPool, user: str) -> str:
    """Under which name a Claris ID's sign-in is kept; a refresh token is good for one client of one pool alone."""
    return f"Claris ID {user.casefold()} of {pool.pool_id} {pool.client_id}"
