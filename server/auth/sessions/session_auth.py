"""The token of a session on each request that goes out on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx

from ...envelope import code_of
from .session import Session


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
