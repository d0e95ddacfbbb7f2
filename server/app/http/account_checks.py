"""Whether FileMaker accounts still sign in: asked by a log-in of its own, and remembered for ten minutes at the most."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

import httpx

from ...authorization.named_locks import NamedLocks
from ...authorization.not_proved import NotProved
from ...config.settings import DatabaseSettings, Secret
from ...errors import ConfigurationError, FilemakerMcpError, SignInFailed
from ..database_connection import connect_to
from ..shared_parts import SharedParts
from ..sign_in_accounts import account_for

KEPT_SECONDS = 600.0
REFUSED_SECONDS = 30.0
"""An account that was mended lets its people in again soon."""
MOST_KEPT = 5_000
WITHIN_SECONDS = 15.0


class AccountChecks:
    def __init__(self, parts: SharedParts) -> None:
        self._parts = parts
        self._known: dict[str, tuple[float, bool]] = {}
        self._locks = NamedLocks()

    async def are_good(self, databases: Mapping[str, DatabaseSettings]) -> bool:
        """All accounts of one person. A service account that many share is asked about once. Raises NotProved."""
        for name, settings in databases.items():
            key = _key(name, settings)
            async with self._locks.hold(key):
                at, good = self._known.get(key, (float("-inf"), False))
                if self._parts.clock.monotonic() - at >= (KEPT_SECONDS if good else REFUSED_SECONDS):
                    good = await self.signs_in(name, settings)
                    while len(self._known) >= MOST_KEPT:
                        del self._known[next(iter(self._known))]
                    self._known[key] = (self._parts.clock.monotonic(), good)
            if not good:
                return False
        return True

    async def is_proved(self, name: str, account: str, password: str) -> bool:
        """Of a password that somebody types. Raises NotProved."""
        secret = Secret.model_validate({"value": password})
        settings = self._parts.settings.database[name].model_copy(
            update={
                "account": account,
                "password": secret,
                "on_sign_in": None,
                "globals": {},
                "data_sources": (),
            }
        )
        return await self.signs_in(name, settings)

    async def signs_in(self, name: str, settings: DatabaseSettings) -> bool:
        """Now. Raises NotProved."""
        transport: httpx.AsyncBaseTransport | None = self._parts.emulated.get(name)
        try:
            account = account_for(settings)
            connection = connect_to(
                account, self._parts.sign_ins, clock=self._parts.clock, transport=transport
            )
        except ConfigurationError:
            return False
        try:
            async with asyncio.timeout(WITHIN_SECONDS), connection.pool.own_channel():
                return True
        except SignInFailed as refusal:
            if refusal.retry_after is not None:
                raise NotProved(f"{name} cannot be asked now") from refusal
            return False
        except (FilemakerMcpError, TimeoutError) as problem:
            raise NotProved(f"{name} cannot be asked") from problem
        finally:
            await connection.pool.close()


def _key(name: str, settings: DatabaseSettings) -> str:
    """Of database, account and secret, which is not kept as it is."""
    secret = settings.password
    value = "" if secret is None else secret.value.get_secret_value() if secret.value else repr(secret)
    told = (name, settings.identity, settings.method, settings.account, value)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
