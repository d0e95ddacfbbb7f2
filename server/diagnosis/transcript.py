"""A record of what was sent and what came, for a support ticket: like curl's, and without a secret in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import httpx

from ..auth.http_connection import ConnectionFactory

HIDDEN = "<hidden>"
SHOWN_HEADERS = frozenset(
    {
        "content-type",
        "content-length",
        "date",
        "host",
        "location",
        "proxy-authenticate",
        "retry-after",
        "server",
        "user-agent",
        "via",
        "www-authenticate",
        "x-amz-target",
        "x-amzn-errortype",
        "x-amzn-errormessage",
        "x-amzn-requestid",
        "x-fms-application-type",
        "x-fms-application-version",
    }
)
"""Headers whose values help and tell nothing. Of every other only the name is shown."""
SILENT_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-origin",
        "cache-control",
        "connection",
        "etag",
        "keep-alive",
        "vary",
        "x-content-type-options",
        "x-frame-options",
        "x-xss-protection",
    }
)
"""Nobody misses these."""

SHOWN_VALUES = frozenset(
    {
        "dateFormat",
        "timeFormat",
        "timeStampFormat",
        "code",
        "message",
        "__type",
        "AuthFlow",
        "ChallengeName",
        "name",
        "version",
        "error",
        "errors",
    }
)
SHOWN_QUERY = re.compile(r"^(limit|_limit|_offset|provider|address)$")
PAGE_CHARACTERS = 300
SHORTEST = 4
"""Shorter than this, hiding a secret wherever it occurs would only tear words apart."""


class Transcript:
    """Text in the order in which the clients of `recording` sent and received it. Values are shown by a list of the harmless, not hidden by
    a list of the secret, so that what nobody thought of stays out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._secrets: set[str] = set()

    def __str__(self) -> str:
        text = "\n\n".join(self._parts)
        for secret in sorted(self._secrets, key=len, reverse=True):  # a host may repeat one in its words
            text = text.replace(secret, HIDDEN)
        return text

    def note(self, text: str) -> None:
        """A line between exchanges."""
        self._parts.append(f"# {text}")

    def recording(self, connect: ConnectionFactory) -> ConnectionFactory:
        def client() -> httpx.AsyncClient:
            made = connect()
            made.event_hooks = {"request": [self._request], "response": [self._response]}
            return made

        return client

    async def _request(self, request: httpx.Request) -> None:
        self._learn_from(request.headers)
        lines = [f"> {request.method} {_address(request.url)}", *_headers(">", request.headers)]
        if body := _content(await request.aread(), request.headers):
            lines.append(f"> {body}")
        self._parts.append("\n".join(lines))

    async def _response(self, response: httpx.Response) -> None:
        await response.aread()
        lines = [f"< HTTP {response.status_code} {response.reason_phrase}", *_headers("<", response.headers)]
        if body := _content(response.content, response.headers):
            lines.append(f"< {body}")
        self._parts.append("\n".join(lines))

    def _learn_from(self, headers: httpx.Headers) -> None:
        scheme, _, proof = headers.get("authorization", "").partition(" ")
        values = {proof}
        if scheme == "Basic":
            name, _, password = base64.b64decode(proof).decode("utf-8", "replace").partition(":")
            values |= {password} - {name}
        self._secrets |= {value for value in values if len(value) >= SHORTEST}


def _address(url: httpx.URL) -> str:
    path = re.sub(r"(/sessions/)[^/]+", rf"\1{HIDDEN}", url.path)
    pairs = [
        f"{name}={value if SHOWN_QUERY.match(name) else HIDDEN}" for name, value in url.params.multi_items()
    ]
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}{path}{'?' + '&'.join(pairs) if pairs else ''}"


def _headers(mark: str, headers: httpx.Headers) -> list[str]:
    lines: list[str] = []
    for name, value in headers.items():
        if name == "authorization":
            shown = f"{value.partition(' ')[0]} {HIDDEN}"
        elif name == "location":
            shown = _address(httpx.URL(value))
        elif name in SHOWN_HEADERS:
            shown = value
        elif name in SILENT_HEADERS:
            continue
        else:
            shown = HIDDEN
        lines.append(f"{mark} {name}: {shown}")
    return lines


def _content(body: bytes, headers: httpx.Headers) -> str:
    if not body:
        return ""
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        kind = headers.get("content-type", "")
        if not kind.startswith("text/"):
            return f"({len(body)} bytes of {kind or 'unknown type'})"
        text = body.decode("utf-8", "replace")
        if (
            headers.get("X-FMS-Request-ID") or "://" in text[:12]
        ):  # an address for the browser, which holds a state
            return f"({len(text)} characters of {kind})"
        return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:PAGE_CHARACTERS]
    return json.dumps(_outline(read), ensure_ascii=False)


def _outline(value: object, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _outline(each, key) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        items = cast("list[object]", value)
        shown: list[Any] = [_outline(each, name) for each in items[:3]]
        return [*shown, f"... {len(items) - 3} more"] if len(items) > 3 else shown
    if isinstance(value, str) and name not in SHOWN_VALUES:
        return HIDDEN
    return value
