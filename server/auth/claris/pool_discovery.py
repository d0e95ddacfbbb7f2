"""Finds Claris' user pool when the built-in one is gone. A start without trouble never asks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from ..http_connection import ConnectionFactory
from .cognito import CognitoRefused, UserPool

ADDRESS = "https://www.ifmcloud.com/endpoint/userpool/2.2.0.my.claris.com.json"
"""Published by Claris (reference on Claris ID, section 1 [H])."""

T = TypeVar("T")


class PoolDiscovery:
    """The pool in use. After `ResourceNotFoundException` the one that Claris publishes.

    `is_named`: the settings name the pool, and a kept sign-in does not change it.
    """

    def __init__(
        self, pool: UserPool, connect: ConnectionFactory, *, is_named: bool = False, address: str = ADDRESS
    ) -> None:
        self.pool = pool
        self._connect = connect
        self._is_named = is_named
        self._address = address

    def begin_at(self, pool: UserPool) -> None:
        """The pool that gave a kept sign-in is asked first: no other knows it, and the built-in one may be gone."""
        if not self._is_named:
            self.pool = pool

    async def with_pool(self, call: Callable[[UserPool], Awaitable[T]]) -> T:
        try:
            return await call(self.pool)
        except CognitoRefused as refused:
            if refused.kind != "ResourceNotFoundException":
                raise
            found = await self._published()
            if found is None or found == self.pool:
                raise
        self.pool = found
        return await call(found)

    async def _published(self) -> UserPool | None:
        try:
            async with self._connect() as client:
                response = await client.get(self._address, timeout=10)
            data: Any = json.loads(response.content)["data"]
            pool_id, client_id = data["UserPool_ID"], data["Client_ID"]
        except (httpx.HTTPError, ValueError, LookupError, TypeError, RecursionError):
            return None
        if not isinstance(pool_id, str) or not isinstance(client_id, str) or "_" not in pool_id:
            return None
        return UserPool(pool_id, client_id, self.pool.endpoint)
