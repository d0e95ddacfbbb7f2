"""One FileMaker session: opened on first use, remembered, renewed when it is over, logged out at the end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from urllib.parse import quote, urlsplit

import anyio
import httpx

from ..envelope import code_of, opened
from ..errors import AnswerTooLarge, SessionRefused, SignInFailed, Unreachable
from .clock import Clock, Moment
from .credentials import Credentials, Login, sendable
from .host_pauses import HostPauses
from .http_connection import ConnectionFactory, unreachable
from .session_start import SessionStart
from .single_flight import SingleFlight

LIFE_SECONDS = 14 * 60.0
"""A session ends 15 minutes after the last call that named it (section 4.6 [D]). A minute is left for the way there."""
GONE_SECONDS = 15 * 60.0

LOG_OUT_SECONDS = 2.0
LOGIN_SECONDS = 30.0

ACCOUNT_CODES = frozenset({9, 10, 210, 211, 212, 214, 219, 952, 1702, 1703, 1711})
"""With these a sign-in was refused for the account's sake (section 4.1); 812, 802 and the rest are the host's matter."""


def sessions_address(base_url: str, api: str, file: str) -> str:
    """Where a database's sessions are opened and ended."""
    return f"{base_url.rstrip('/')}/fmi/data/{api}/databases/{quote(file, safe='')}/sessions"


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
        self.address = self._address = address
        self._credentials = credentials
        self._connect = connect
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
                await self._log_out(token)

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
                await self._log_out(old)
        if self._on_opening is not None:
            await self._on_opening()
        async with self._door:
            login, response = await self._sign_in()
        if response is None:
            return self._remember(login, login.token or "")
        # Some hosts send the token in the header alone, some clients' emulators in the body alone (section 4.1).
        inside = opened(response)
        token = response.headers.get("X-FM-Data-Access-Token") or inside.get("token")
        if not isinstance(token, str) or not token:
            raise SignInFailed(
                "The host accepted the sign-in but sent no session token",
                reason="no_token",
                advice="Something between here and the host may remove headers; check_connection tells more.",
            )
        token = sendable(token, "The session token of the host")
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
                await self._log_out(token)
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
            await self._pauses.check(self._address, login)
        response = await self._post(login)
        if self._is_refusal(response) and self._credentials.renewable and not self._pressed:
            login = await self._credentials.login(refused=login)
            response = await self._post(login)
        if self._is_refusal(response):
            error = self._credentials.denied(code_of(response))
            if self._pauses is not None and not self._credentials.renewable:
                await self._pauses.refused(self._address, login, error)
            raise error
        return login, response

    @staticmethod
    def _is_refusal(response: httpx.Response) -> bool:
        code = code_of(response)
        return code in ACCOUNT_CODES or (response.status_code == 401 and not code)

    async def _post(self, login: Login) -> httpx.Response:
        try:
            async with self._connect() as client:
                return await client.post(
                    self._address, headers=dict(login.headers), json=dict(login.body), timeout=LOGIN_SECONDS
                )
        except httpx.RequestError as error:
            raise unreachable(error, urlsplit(self._address).hostname or "the host") from error

    async def _log_out(self, token: str) -> None:
        await log_out(self._connect, self._address, token)


async def log_out(connect: ConnectionFactory, address: str, token: str) -> None:
    """End a session, within two seconds. Never raises."""
    ended = contextlib.suppress(httpx.HTTPError, OSError, AnswerTooLarge)
    with ended, anyio.move_on_after(LOG_OUT_SECONDS):
        async with connect() as client:
            await client.delete(f"{address}/{quote(token, safe='')}")


class SessionAuth(httpx.Auth):
    """Signs each request with the session's token. A request refused for its token was not carried out, so it is sent
    again with a new one, whatever it is (section 12, rule 4), three times in all at the most."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.is_out = False
        """Whether a request may be in the host's hands."""

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        await request.aread()  # so that the body can be sent again
        self.is_out = False
        token = await self._session.token()
        for _ in range(3):
            request.headers["Authorization"] = f"Bearer {token}"
            self.is_out = True
            response = yield request
            if not await is_token_refused(response):
                self._session.answered(token)
                return
            self.is_out = False
            token = await self._session.token(refused=token)


async def is_token_refused(response: httpx.Response) -> bool:
    """952, or a 401 that is HTML or carries no code, as FileMaker Cloud's web server sends (section 4.3)."""
    if response.status_code < 400:
        return False
    await response.aread()
    code = code_of(response)
    return code == 952 or (response.status_code == 401 and code is None)
