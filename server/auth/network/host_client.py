"""httpx as sessions use it."""

from __future__ import annotations

from typing import Any

import httpx

from ..clock import Clock
from .answer_pace import AnswerPace, PacedBody
from .bounded_answer import bind, bound_refusal
from .sent_body import head_of_answer


class HostClient(httpx.AsyncClient):
    """httpx's own looks for cookies in every answer, in a way that takes a twelfth of what a request costs, and reads answers of any
    length, for as long as a byte comes now and then."""

    def __init__(self, *, pace: AnswerPace | None, clock: Clock, **parts: Any) -> None:
        """`pace` of every answer; None where no network is between."""
        self._pace = pace
        self._clock = clock
        self._own_cookies = SentCookies()
        super().__init__(**parts)
        self.event_hooks["response"].append(bound_refusal)

    async def send(self, request: httpx.Request, *, stream: bool = False, **parts: Any) -> httpx.Response:
        """As httpx's. Raises AnswerTooLarge, too."""
        response = await super().send(request, stream=True, **parts)
        if not stream:
            try:
                if response.status_code < 400:
                    bind(response)
                await response.aread()
            finally:
                await response.aclose()
        return response

    async def _send_single_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx's, which has no other place through which each exchange goes: those of redirects, of renewed sign-ins, and
        through a proxy."""
        send = super()._send_single_request
        if self._pace is None:
            return await send(request)
        patience: float | None = request.extensions.get("timeout", {}).get("read")
        response = await head_of_answer(request, send, patience)
        response.stream = PacedBody(response, self._pace, self._clock, patience)
        return response

    @property
    def cookies(self) -> httpx.Cookies:  # type: ignore[override] -- nobody sets it here
        return self._own_cookies


class SentCookies(httpx.Cookies):
    """Looks where there are some."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)
