"""Admits programs of this machine to the control endpoint, and no web page.

A page of any site can make its visitor's browser send requests to this machine. Such a request names the page in `Origin`
or `Sec-Fetch-Site`, or reaches us by a name of its own site (DNS rebinding), or cannot say that it carries JSON without
asking first, which nobody here allows.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import Request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST = 64 * 1024
"""Bytes of a request's body. No fault needs as many."""


class NotAdmitted(Exception):
    """The request is refused. `status` is the answer's."""

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        super().__init__(words)


class Gate:
    """`hosts` are the names under which this host may be called."""

    def __init__(self, hosts: Collection[str] = LOOPBACK) -> None:
        self._hosts = {host.lower() for host in hosts}

    def admit(self, request: Request) -> None:
        """Raises NotAdmitted for a foreign name, a foreign page, or a body that is not said to be JSON."""
        host = request.headers.get("host", "")
        if _name(f"//{host}") not in self._hosts:
            raise NotAdmitted(403, f"The control endpoint answers to {', '.join(sorted(self._hosts))} alone.")
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise NotAdmitted(403, "The control endpoint answers no page of another origin.")
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise NotAdmitted(403, "The control endpoint answers no page of another site.")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and content_type != "application/json":
            raise NotAdmitted(415, "Send JSON, with the header Content-Type: application/json.")

    async def body(self, request: Request) -> bytes:
        """Raises NotAdmitted for a body that is too large, without reading all of it."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise NotAdmitted(413, f"The body is larger than {LARGEST // 1024} KB.")
        return body


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
