"""Clients that registered themselves (RFC 7591): public ones without a secret, bounded in number, and forgotten when unused."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from ...local.state.state import State
from ..address_limit import AddressLimit
from .oauth_client import Client

UNUSED_SECONDS = 24 * 3_600.0
MOST = 1_000
BY_ADDRESS = 20
"""In an hour."""
PREFIX = "registered-"


class ClientRegistry:
    def __init__(self, state: State, now: Callable[[], float]) -> None:
        self._state = state
        self._now = now
        self._limit = AddressLimit(BY_ADDRESS, 3_600, now)

    def allows(self, address: str) -> bool:
        return self._limit.allows(address)

    async def put(self, name: str, redirects: tuple[str, ...]) -> Client | None:
        """None when there is no room."""
        now = self._now()
        client = Client(PREFIX + secrets.token_urlsafe(16), name, redirects)
        async with self._state.writing() as transaction:
            await transaction.execute(
                "DELETE FROM oauth_client WHERE used IS NULL AND made < ?", now - UNUSED_SECONDS
            )
            row = await transaction.row("SELECT COUNT(*) AS number FROM oauth_client")
            if row is not None and row["number"] >= MOST:
                return None
            transaction.put(
                "INSERT INTO oauth_client (id, name, redirects, made) VALUES (?, ?, ?, ?)",
                client.id, name, json.dumps(redirects), now,
            )  # fmt: skip
        return client

    async def client(self, client_id: str) -> Client | None:
        if not client_id.startswith(PREFIX):
            return None
        row = await self._state.row(
            "SELECT name, redirects FROM oauth_client WHERE id = ? AND (used IS NOT NULL OR made > ?)",
            client_id, self._now() - UNUSED_SECONDS,
        )  # fmt: skip
        if row is None:
            return None
        return Client(client_id, row["name"], tuple(json.loads(row["redirects"])))

    async def used(self, client_id: str) -> None:
        """A person allowed it: it stays."""
        if client_id.startswith(PREFIX):
            async with self._state.writing() as transaction:
                await transaction.execute(
                    "UPDATE oauth_client SET used = ? WHERE id = ?", self._now(), client_id
                )
