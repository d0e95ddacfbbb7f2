"""httpx as sessions use it."""

from __future__ import annotations

from typing import Any

import httpx


class HostClient(httpx.AsyncClient):
    """httpx's own looks for cookies in every answer, in a way that takes a twelfth of what a request costs."""

    def __init__(self, **parts: Any) -> None:
        self._own_cookies = SentCookies()
        super().__init__(**parts)

    @property
    def cookies(self) -> httpx.Cookies:  # type: ignore[override] -- nobody sets it here
        return self._own_cookies


class SentCookies(httpx.Cookies):
    """Looks where there are some."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)
