"""httpx as sessions use it."""

from __future__ import annotations

from typing import Any

import httpx

from .bounded_answer import bind, bound_refusal


class HostClient(httpx.AsyncClient):
    """httpx's own looks for cookies in every answer, in a way that takes a twelfth of what a request costs, and reads answers of any
    length."""

    def __init__(self, **parts: Any) -> None:
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

    @property
    def cookies(self) -> httpx.Cookies:  # type: ignore[override] -- nobody sets it here
        return self._own_cookies


class SentCookies(httpx.Cookies):
    """Looks where there are some."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)
