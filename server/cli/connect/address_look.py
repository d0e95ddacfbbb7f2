"""`filemaker-mcp doctor --http`: looks at the public address of a team's server as a client does, without a token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx

STRANGER = "stranger.example"


@dataclass(frozen=True)
class Look:
    what: str
    is_good: bool
    words: str


async def looks(origin: str, http: httpx.AsyncClient) -> AsyncIterator[Look]:
    """Ends at the first that leaves nothing more to look at. `origin` has no path."""
    try:
        live = await http.get(f"{origin}/live")
    except httpx.HTTPError as error:
        yield Look("reached", False, f"{type(error).__name__}: name, certificate, port and proxy decide that")
        return
    yield Look("reached", live.status_code == 200, f"/live answers {live.status_code}")
    ready = await http.get(f"{origin}/ready")
    yield Look("ready", ready.status_code == 200, ready.text.strip()[:80] or str(ready.status_code))
    asked: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    speaks = {"Accept": "application/json, text/event-stream"}
    bare = await http.post(f"{origin}/mcp", json=asked, headers=speaks)
    asks = bare.headers.get("www-authenticate", "")
    yield Look("asks for a token", bare.status_code == 401, f"without one {bare.status_code}")
    foreign = await http.post(f"{origin}/mcp", json=asked, headers=speaks | {"Origin": f"https://{STRANGER}"})
    yield Look("turns other pages away", foreign.status_code == 403, f"answers {foreign.status_code} to one")
    named = asks.partition('resource_metadata="')[2].partition('"')[0]
    if not named:
        yield Look(
            "says where tokens come from", True, "it does not: keys alone, which is right without sign-in"
        )
        return
    document = await http.get(named)
    facts = _facts(document)
    resource = facts.get("resource")
    yield Look(
        "says where tokens come from",
        resource == f"{origin}/mcp",
        f"{named} is of {resource!r}"
        if resource
        else f"{named} answers {document.status_code} and no document",
    )


def _facts(document: httpx.Response) -> dict[str, object]:
    try:
        read: object = document.json()
    except ValueError:
        return {}
    return cast("dict[str, object]", read) if isinstance(read, dict) else {}


async def looked_at(origin: str) -> int:
    """Prints each look. Returns the exit status: 0, or 21 where one is not as it should be."""
    good = True
    async with httpx.AsyncClient(timeout=10, follow_redirects=False) as http:
        async for look in looks(origin, http):
            good = good and look.is_good
            print(f"{'ok    ' if look.is_good else 'FAILED'} {look.what}: {look.words}")
    return 0 if good else 21
