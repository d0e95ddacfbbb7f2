"""`filemaker-mcp doctor --http`: looks at the public address of a team's server as a client does, without a token."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx

from ...auth.http_connection import connections, unreachable
from ...errors import CertificateRefused
from ..terminal_text import beside

PATIENCE_SECONDS = 10.0
STRANGER = "stranger.example"
EVERYTHING = "Let the proxy pass on everything under / to what http.address names, not /mcp alone."
REMEDIES = {
    404: EVERYTHING,
    421: "Let the proxy keep Host as the client wrote it (nginx: proxy_set_header Host $http_host;).",
    403: "Name the proxy in http.proxies, and let it say who it forwards for.",
    502: "The proxy cannot reach the server: start it, and compare http.address with what the proxy passes on to.",
    503: "The server ends just now, or its own records are away; its log says which.",
    504: "The server did not answer the proxy in time; its log says more.",
}
CERTIFICATE = "Clients take a certificate of a public authority for exactly that name: renew or replace it where TLS ends."
PORT = "Check name and port in http.public_url, that the proxy runs there with TLS, and the firewall."
AWAY = frozenset({502, 504})


@dataclass(frozen=True)
class Look:
    what: str
    is_good: bool
    words: str
    remedy: str = ""


async def looks(origin: str, http: httpx.AsyncClient) -> AsyncIterator[Look]:
    """Ends at the first that leaves nothing more to look at. `origin` has no path."""
    try:
        live = await http.get(f"{origin}/live")
        if live.status_code != 200:
            yield _wrong("reached", "/live", live)
            return
        yield Look("reached", True, "/live answers 200")
        ready = await http.get(f"{origin}/ready")
        is_ready = ready.status_code == 200
        yield Look("ready", True, "it takes calls") if is_ready else _wrong("ready", "/ready", ready)
        asked: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        speaks = {"Accept": "application/json, text/event-stream"}
        bare = await http.post(f"{origin}/mcp", json=asked, headers=speaks)
        if bare.status_code != 401:
            yield _wrong("asks for a token", "without one /mcp", bare)
            return
        yield Look("asks for a token", True, "without one 401")
        of_page = speaks | {"Origin": f"https://{STRANGER}"}
        foreign = await http.post(f"{origin}/mcp", json=asked, headers=of_page)
        turns_away = foreign.status_code == 403
        yield Look("turns other pages away", turns_away, f"answers {foreign.status_code} to one",
                   "" if turns_away else "Let the proxy pass on Origin as it came.")  # fmt: skip
        yield await _document(origin, bare.headers.get("www-authenticate", ""), http)
    except httpx.RequestError as error:
        cause = unreachable(error, httpx.URL(origin).host)
        is_refused = isinstance(cause, CertificateRefused)
        yield Look("reached", False, cause.what, CERTIFICATE if is_refused else PORT)


async def _document(origin: str, asks: str, http: httpx.AsyncClient) -> Look:
    what, named = "says where tokens come from", asks.partition('resource_metadata="')[2].partition('"')[0]
    if not asks:
        return Look(what, False, "WWW-Authenticate is missing", "Let the proxy pass that header on.")
    if not named:
        return Look(what, True, "it does not: keys alone, which is right without sign-in")
    document = await http.get(named)
    resource = _facts(document).get("resource")
    if not resource:
        told = _wrong(what, named, document)
        return told if told.remedy else Look(what, False, f"{told.words} and no document", EVERYTHING)
    is_own = resource == f"{origin}/mcp"
    remedy = "" if is_own else f"http.public_url is to be {origin}, as clients write it."
    return Look(what, is_own, f"{named} is of {resource!r}", remedy)


def _wrong(what: str, path: str, answer: httpx.Response) -> Look:
    status = answer.status_code
    by = "the proxy answers" if status in AWAY else "answers"
    return Look(what, False, f"{path}: {by} {status}", REMEDIES.get(status, ""))


def _facts(document: httpx.Response) -> dict[str, object]:
    try:
        read: object = document.json()
    except ValueError:
        return {}
    return cast("dict[str, object]", read) if isinstance(read, dict) else {}


async def looked_at(origin: str, *, as_json: bool) -> int:
    """Prints each look. Returns the exit status: 0, or 21 where one is not as it should be."""
    seen: list[Look] = []
    async with connections()() as http:
        http.timeout = httpx.Timeout(PATIENCE_SECONDS)
        async for look in looks(origin, http):
            seen.append(look)
            if not as_json:
                _print(look)
    if as_json:
        facts = [
            {"look": each.what, "ok": each.is_good, "found": each.words, "remedy": each.remedy}
            for each in seen
        ]
        print(json.dumps({"address": origin, "looks": facts}, ensure_ascii=False, indent=2))
    return 0 if all(look.is_good for look in seen) else 21


def _print(look: Look) -> None:
    head = f"{'ok' if look.is_good else 'FAILED':<6} {look.what}: "
    print(beside(head, look.words, sys.stdout))
    if look.remedy:
        print(beside(" " * 7, f"what to do: {look.remedy}", sys.stdout))
