"""Where the sessions of a database are opened and ended (section 4)."""

from __future__ import annotations

import contextlib
from urllib.parse import quote, urlsplit

import anyio
import httpx

from ...envelope import code_of, opened
from ...errors import AnswerTooLarge, SignInFailed
from ..credentials import Login, sendable
from ..http_connection import ConnectionFactory, unreachable

LOG_OUT_SECONDS = 2.0
LOGIN_SECONDS = 30.0

ACCOUNT_CODES = frozenset({9, 10, 210, 211, 212, 214, 219, 952, 1702, 1703, 1711})
"""With these a sign-in was refused for the account's sake (section 4.1); 812, 802 and the rest are the host's matter."""


def sessions_address(base_url: str, api: str, file: str) -> str:
    """Where a database's sessions are opened and ended."""
    return f"{base_url.rstrip('/')}/fmi/data/{api}/databases/{quote(file, safe='')}/sessions"


class SessionsEndpoint:
    """`.../databases/NAME/sessions`, on a connection of its own for each request."""

    def __init__(self, connect: ConnectionFactory, address: str) -> None:
        self._connect = connect
        self.address = address

    async def open(self, login: Login) -> httpx.Response:
        """The host's answer to a sign-in, whatever it says. Raises Unreachable."""
        try:
            async with self._connect() as client:
                return await client.post(
                    self.address, headers=dict(login.headers), json=dict(login.body), timeout=LOGIN_SECONDS
                )
        except httpx.RequestError as error:
            raise unreachable(error, urlsplit(self.address).hostname or "the host") from error

    async def end(self, token: str) -> None:
        """As `log_out`."""
        await log_out(self._connect, self.address, token)


def is_refusal(response: httpx.Response) -> bool:
    """Whether the account or its proof is refused, rather than the call."""
    code = code_of(response)
    return code in ACCOUNT_CODES or (response.status_code == 401 and not code)


def token_of(response: httpx.Response) -> str:
    """Of a session that was opened. Raises SignInFailed where it has none, or the host's own error."""
    # Some hosts send the token in the header alone, some clients' emulators in the body alone (section 4.1).
    inside = opened(response)
    token = response.headers.get("X-FM-Data-Access-Token") or inside.get("token")
    if not isinstance(token, str) or not token:
        raise SignInFailed(
            "The host accepted the sign-in but sent no session token",
            reason="no_token",
            advice="Something between here and the host may remove headers; check_connection tells more.",
        )
    return sendable(token, "The session token of the host")


async def log_out(connect: ConnectionFactory, address: str, token: str) -> None:
    """End a session, within two seconds. Never raises."""
    ended = contextlib.suppress(httpx.HTTPError, OSError, AnswerTooLarge)
    with ended, anyio.move_on_after(LOG_OUT_SECONDS):
        async with connect() as client:
            await client.delete(f"{address}/{quote(token, safe='')}")
