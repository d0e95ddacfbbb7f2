"""One FileMaker session: opened on first use, remembered, renewed when it is over, logged out at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import httpx

from ...envelope import code_of
from ...errors import Unreachable
from ...host_errors import SessionRefused
from ..clock import Clock, Moment
from ..credentials import Credentials, Login
from ..host_pauses import HostPauses
from ..http_connection import ConnectionFactory
from ..single_flight import SingleFlight
from .session_start import SessionStart
from .sessions_endpoint import SessionsEndpoint, is_refusal, token_of

LIFE_SECONDS = 14 * 60.0
"""A session ends 15 minutes after the last call that named it (section 4.6 [D]). A minute is left for the way there."""
GONE_SECONDS = 15 * 60.0


class Session:
    """A session of one database. `address` is `.../databases/NAME/sessions`. All sessions of an account share the `door`,
    since five that sign in at once with a wrong password would be five wrong attempts."""

    def __init__(
        self,
        *,
        address: str,
        credentials: Credentials,
        connect: ConnectionFactory,
        clock: Clock,
        door: anyio.Lock,
        on_end: Callable[[], None] = lambda: None,
        on_opening: Callable[[], Awaitable[None]] | None = None,
        is_proven: Callable[[], bool] = lambda: False,
        start: SessionStart | None = None,
        pauses: HostPauses | None = None,
    ) -> None:
        """`on_end` hears of each token that is let go of: it was refused, has expired, or was logged out. `on_opening` is awaited
        before each sign-in. `is_proven` tells
        whether the host has accepted a token for this database before. `start` makes each new session ready before anybody
        gets its token."""
        self._start = start
        self._pauses = pauses
        self._on_end = on_end
        self._on_opening = on_opening
        self._is_proven = is_proven
        self._endpoint = SessionsEndpoint(connect, address)
        self._credentials = credentials
        self._clock = clock
        self._door = door
        self._flight: SingleFlight[str] = SingleFlight()
        self._token: str | None = None
        self._login: Login | None = None
        self._used = Moment.now(clock)
        self._works = False
        """Whether the host has accepted the token once since it gave it out."""
        self.has_worked = False
        """Whether the host has ever accepted a token of it."""
        self._is_second = False
        """Whether the token replaces one that was refused before it was used."""
        self._pressed = False
        """Whether the token came from a proof made anew because the host refused fresh ones."""
        self._closed = False

    @property
    def address(self) -> str:
        return self._endpoint.address

    @property
    def alive(self) -> bool:
        """Whether a call can go out without signing in first."""
        if self._token is None:
            return False
        return self._lasts or self._used.age(self._clock) < LIFE_SECONDS

    @property
    def own_token(self) -> str:
        """By which it can be logged out; empty where there is none, or it is not ours to end."""
        return "" if self._token is None or self._lasts else self._token

    @property
    def rests_for(self) -> float:
        """Seconds since the host last answered in it."""
        return self._used.age(self._clock)

    async def token(self, *, refused: str | None = None) -> str:
        """The session's token, or the successor of `refused` where that is still the one remembered.

        Raises SignInFailed, Unreachable, SessionRefused (a fresh token was refused at once), or the host's own error.
        """
        if self._closed:
            raise Unreachable("The server is shutting down")
        if self._flight.under_way:
            return await self._flight.join(self._open)
        current = self._token
        if current is not None and current != refused and self.alive:
            return current
        if current is not None and current == refused and not self._works:
            self._give_up_or_press()
        return await self._flight.join(self._open)

    def answered(self, token: str) -> None:
        """The host accepted a call with this token just now, which counts its life anew."""
        if token == self._token:
            self._used = Moment.now(self._clock)
            self._works = self.has_worked = True
            self._pressed = self._is_second = False

    async def end(self) -> None:
        """Log out. The next call opens a new session. Never raises."""
        if self._flight.under_way:
            await self._flight.end()
        token, self._token = self._token, None
        if token is not None:
            self._on_end()
            if not self._lasts:
                await self._endpoint.end(token)

    async def close(self) -> None:
        """Log out for good, also a session that is being opened right now. Never raises."""
        self._closed = True
        await self.end()

    def _give_up_or_press(self) -> None:
        if (
            self._is_proven() and not self._is_second
        ):  # its session was ended between its sign-in and its first call
            self._is_second = True
            return
        if self._credentials.renewable and not self._pressed:
            self._pressed = True
            return
        if self._lasts:
            self._token = None  # the key of the settings may be another one next time
        if self._credentials.renewable or self._lasts:
            raise self._credentials.denied(None)
        raise SessionRefused(
            "The host refused a session that it had just opened",
            code=952,
            advice="Check that the settings spell the database exactly as the host does, capitals included.",
        )

    async def _open(self) -> str:
        old, self._token = self._token, None
        if old is not None:
            self._on_end()
            if not self._lasts:
                await self._endpoint.end(old)
        if self._on_opening is not None:
            await self._on_opening()
        async with self._door:
            login, response = await self._sign_in()
        if response is None:
            return self._remember(login, login.token or "")
        token = token_of(response)
        await self._made_ready(token)
        return self._remember(login, token)

    async def _made_ready(self, token: str) -> None:
        """A session that cannot be made ready is closed, and nobody gets its token."""
        if self._start is None:
            return
        try:
            await self._start.apply(token)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._endpoint.end(token)
            raise

    def _remember(self, login: Login, token: str) -> str:
        self._token, self._login = token, login
        self._used, self._works = Moment.now(self._clock), False
        return token

    @property
    def is_kept_elsewhere(self) -> bool:
        """Whether something in between signs in to FileMaker, unseen from here."""
        return self._lasts

    @property
    def _lasts(self) -> bool:
        return self._login is not None and self._login.lasting

    async def _sign_in(self) -> tuple[Login, httpx.Response | None]:
        login = await self._credentials.login(refused=self._login if self._pressed else None)
        if login.token is not None:
            return login, None
        if self._pauses is not None and not self._credentials.renewable:
            await self._pauses.check(self.address, login)
        response = await self._endpoint.open(login)
        if is_refusal(response) and self._credentials.renewable and not self._pressed:
            login = await self._credentials.login(refused=login)
            response = await self._endpoint.open(login)
        if is_refusal(response):
            error = self._credentials.denied(code_of(response))
            if self._pauses is not None and not self._credentials.renewable:
                await self._pauses.refused(self.address, login, error)
            raise error
        return login, response
