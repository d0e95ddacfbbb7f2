"""The keys by which an identity provider signs: asked for at most once a minute, whatever comes in the meantime."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import httpx

if TYPE_CHECKING:
    from jwt import PyJWK

log = logging.getLogger("filemaker_mcp")

EVERY_SECONDS = 60.0
FRESH_SECONDS = 600.0
STALE_SECONDS = 24 * 3600.0
"""While the provider cannot be reached, its last keys serve this long."""
ANSWER_SECONDS = 5.0
LONGEST = 256_000
"""Bytes of a set of keys."""
MOST = 100
Fetch = Callable[[str], Awaitable[bytes]]


class SigningKeys:
    """The keys of one issuer. An unknown name of a key is no reason to ask more often: whoever sends tokens picks it."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes]], steady: Callable[[], float]) -> None:
        """`steady` is a clock that nobody sets. `fetch` raises OSError, ValueError or httpx.HTTPError."""
        self._fetch = fetch
        self._steady = steady
        self._keys: Mapping[str, PyJWK] = {}
        self._came = float("-inf")
        self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, name: str) -> PyJWK | None:
        """The key of that name; None for one that is not there. Only whoever finds none, or none at all, waits for another look."""
        age = self._steady() - self._came
        if name not in self._keys or age > FRESH_SECONDS:
            looking = self._look()
            if looking is not None and (name not in self._keys or age > STALE_SECONDS):
                await asyncio.shield(looking)
        if self._steady() - self._came > STALE_SECONDS:
            return None
        return self._keys.get(name)

    def _look(self) -> asyncio.Task[None] | None:
        """The look that is under way, or one that begins, if a minute is over."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if self._steady() - self._tried < EVERY_SECONDS:
            return None
        self._tried = self._steady()
        self._fetching = asyncio.create_task(self._renew())
        return self._fetching

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                keys = _read(await self._fetch())
        except (OSError, ValueError, RecursionError, httpx.HTTPError) as error:  # TimeoutError is an OSError
            log.warning("the signing keys of an issuer could not be had: %s", type(error).__name__)
            return
        self._keys, self._came = keys, self._steady()


def _read(text: bytes) -> dict[str, PyJWK]:
    """Raises ValueError for what is no set of keys. A key that cannot be used is passed over."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    tree: object = json.loads(text)
    listed = cast("dict[str, object]", tree).get("keys") if isinstance(tree, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no set of keys")
    keys: dict[str, PyJWK] = {}
    for each in cast("list[object]", listed)[:MOST]:
        if not isinstance(each, dict):
            continue
        given = cast("dict[str, Any]", each)
        if given.get("kty") not in ("RSA", "EC", "OKP") or given.get("use", "sig") != "sig":
            continue
        try:
            keys[str(given.get("kid", ""))] = PyJWK.from_dict(given)
        except (PyJWTError, ValueError, TypeError, KeyError):
            continue
    return keys


def provider_client() -> httpx.AsyncClient:
    """For an address that the owner has named: no proxy of the environment comes between, and no redirect leads elsewhere."""
    return httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=False, trust_env=False)


async def fetched(url: str, client: Callable[[], httpx.AsyncClient]) -> bytes:
    """What is at an address: no redirects, no more than a set of keys has."""
    async with client() as http, http.stream("GET", url) as answer:
        if answer.status_code != 200:
            raise ValueError(f"status {answer.status_code}")
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > LONGEST:
                raise ValueError("too long")
        return bytes(body)
