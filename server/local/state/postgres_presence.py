"""Which processes that write to a state in PostgreSQL are alive.

Each holds a session lock on a connection of its own. PostgreSQL lets go of it when the connection ends: at once where the
process was killed, after the keepalives' ten seconds where its machine is gone. A process that is stopped keeps it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError, StateAway
from .postgres_connection import answers, connect

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger("filemaker_mcp")

LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 5.0
"""How long a look at the connection may take before it is given up."""
NAME = "hashtextextended('filemaker-mcp/' || ?, 0)"
HELD = (
    "SELECT 1 AS held FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    f" AND ((classid::bigint << 32) | objid::bigint) = {NAME}"
)


class Presence:
    """Under one name after the other: with a connection that was lost its name is gone too."""

    def __init__(self, url: str, on_loss: Callable[[], None]) -> None:
        """`on_loss` hears that the connection was lost, and with it most likely all others."""
        self._url = url
        self._on_loss = on_loss
        self._doubt = asyncio.Event()
        self.runner = secrets.token_hex(8)
        self._connection: psycopg.AsyncConnection[dict[str, Any]] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        return self._connection is not None

    async def take(self) -> None:
        """A new name, locked before it is written anywhere. Raises StateAway and ConfigurationError."""
        connection = await connect(self._url)
        runner = secrets.token_hex(8)
        await answers(connection, [(f"SELECT pg_advisory_lock({NAME})", (runner,))])
        self.runner, self._connection = runner, connection
        self._watch = asyncio.create_task(self._watched(connection))

    def doubt(self) -> None:
        """Another connection broke: this one is looked at now."""
        self._doubt.set()

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._let_go()

    async def _watched(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._doubt.wait(), LOOK_SECONDS)
            self._doubt.clear()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await answers(connection, [("SELECT 1 AS here", ())])
            except (StateAway, ConfigurationError, TimeoutError) as error:
                log.warning("the connection that tells others we are alive was lost: %s", error)
                await self._let_go()
                self._on_loss()
                return

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it is broken
                await connection.close()
