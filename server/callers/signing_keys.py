"""The public keys of an issuer of tokens, fetched at most once a minute whatever comes: nobody who sends tokens decides how often
another host is asked."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import anyio
import httpx

if TYPE_CHECKING:
    from jwt import PyJWK

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
BETWEEN_SECONDS = 60.0
KEPT_SECONDS = 24 * 3_600.0
"""For so long old keys serve while newer ones cannot be had."""
WITHIN_SECONDS = 5.0
MOST_BYTES = 256 * 1024
MOST_KEYS = 100

Http = Callable[[], httpx.AsyncClient]


class NotRead(Exception):
    """A document of an issuer that could not be had, in a few words."""


class SigningKeys:
    def __init__(self, address: str, http: Http, now: Callable[[], float]) -> None:
        """`now` is a clock that only goes forward."""
        self._address = address
        self._http = http
        self._now = now
        self._keys: dict[str, PyJWK] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._fetch: asyncio.Task[None] | None = None

    async def key(self, key_id: str) -> PyJWK | None:
        """The key of that id, or the only one where a token names none. Waits for a fetch only where no key serves otherwise."""
        known = self._known(key_id)
        age = None if self._fetched is None else self._now() - self._fetched
        if known is not None and age is not None and age < FRESH_SECONDS:
            return known
        fetch = self._begun()
        if known is not None and age is not None and age < KEPT_SECONDS:
            return known
        if fetch is not None:
            await asyncio.shield(fetch)
        age = None if self._fetched is None else self._now() - self._fetched
        return self._known(key_id) if age is not None and age < KEPT_SECONDS else None

    async def close(self) -> None:
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.wait({self._fetch})

    def _known(self, key_id: str) -> PyJWK | None:
        if not key_id:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id)

    def _begun(self) -> asyncio.Task[None] | None:
        """The fetch under way; a new one where the last try is a minute ago."""
        if self._fetch is not None and not self._fetch.done():
            return self._fetch
        if self._tried is not None and self._now() - self._tried < BETWEEN_SECONDS:
            return None
        self._tried = self._now()
        self._fetch = asyncio.create_task(self._read())
        return self._fetch

    async def _read(self) -> None:
        try:
            keys = keys_in(await document(self._address, self._http))
        except NotRead as problem:
            logger.warning("The keys of an issuer could not be read: %s", problem)
            return
        self._keys, self._fetched = keys, self._now()


def keys_in(told: object) -> dict[str, PyJWK]:
    """Those that verify signatures and are no shared secret. Raises NotRead for what is no list of keys."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    listed = cast("dict[str, Any]", told).get("keys") if isinstance(told, dict) else None
    if not isinstance(listed, list) or len(cast("list[Any]", listed)) > MOST_KEYS:
        raise NotRead("it is no list of keys")
    keys: dict[str, PyJWK] = {}
    for each in cast("list[Any]", listed):
        if not isinstance(each, dict):
            continue
        given = cast("dict[str, Any]", each)
        if given.get("kty") == "oct" or given.get("use", "sig") != "sig":
            continue
        with suppress(
            PyJWTError, ValueError, TypeError
        ):  # a kind that this library does not know is somebody else's
            key = PyJWK(given)
            keys[key.key_id or ""] = key
    return keys


async def document(address: str, http: Http) -> object:
    """JSON of an issuer that the owner named. Raises NotRead."""
    try:
        with anyio.fail_after(WITHIN_SECONDS):
            async with (
                http() as client,
                client.stream("GET", address, headers={"Accept": "application/json"}) as answer,
            ):
                if answer.status_code != 200:
                    raise NotRead(f"HTTP {answer.status_code}")
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise NotRead(f"more than {MOST_BYTES} bytes")
                return json.loads(body)
    except (TimeoutError, OSError, httpx.HTTPError, ValueError, RecursionError) as failed:
        raise NotRead(type(failed).__name__) from failed
