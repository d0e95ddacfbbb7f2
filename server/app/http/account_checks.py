"""Whether FileMaker accounts still sign in: asked by a log-in of its own, and remembered for as long as whoever asks allows."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

import httpx

from ...authorization.named_locks import NamedLocks
from ...authorization.not_proved import NotProved
from ...config.database_settings import DatabaseSettings
from ...config.strict_settings import Secret
from ...errors import ConfigurationError, FilemakerMcpError, SignInFailed
from ..database_connection import connect_to
from ..shared_parts import SharedParts
from ..sign_in_accounts import account_for

KEPT_SECONDS = 600.0
REFUSED_SECONDS = 30.0
"""An account that was mended lets its people in again soon."""
MOST_KEPT = 5_000
WITHIN_SECONDS = 15.0
SILENT_SECONDS = 5.0
"""For so long a host that could not say is not asked again: everybody behind one account would wait for it in turn."""
WITHOUT_PERSON = ("password", "otto")
"""Ways to sign in that cost nobody an effort and no provider a token."""


class AccountChecks:
    def __init__(self, parts: SharedParts) -> None:
        self._parts = parts
        self._known: dict[str, tuple[float, bool]] = {}
        self._silent: dict[str, float] = {}
        self._locks = NamedLocks()

    async def are_good(
        self, databases: Mapping[str, DatabaseSettings], seconds: float = KEPT_SECONDS
    ) -> bool:
        """All accounts of one person, as they were not longer than that ago. A service account that many share is asked about once.
        Raises NotProved."""
        for name, settings in databases.items():
            key = _key(name, settings)
            async with self._locks.hold(key):
                at, good = self._known.get(key, (float("-inf"), False))
                kept = seconds if settings.method in WITHOUT_PERSON else KEPT_SECONDS
                if self._parts.clock.monotonic() - at >= (kept if good else REFUSED_SECONDS):
                    is_silent = self._parts.clock.monotonic() < self._silent.get(key, float("-inf"))
                    if is_silent and kept < KEPT_SECONDS:
                        raise NotProved(f"{name} could not be asked just now")
                    good = await self._asked(key, name, settings)
            if not good:
                return False
        return True

    async def _asked(self, key: str, name: str, settings: DatabaseSettings) -> bool:
        try:
            good = await self.signs_in(name, settings)
        except NotProved:
            self._silent = {
                each: until for each, until in self._silent.items() if until > self._parts.clock.monotonic()
            }
            self._silent[key] = self._parts.clock.monotonic() + SILENT_SECONDS
            raise
        while len(self._known) >= MOST_KEPT:
            del self._known[next(iter(self._known))]
        self._known[key] = (self._parts.clock.monotonic(), good)
        return good

    async def is_proved(self, name: str, account: str, password: str) -> bool:
        """Of a password that somebody types. Raises NotProved."""
        secret = Secret.model_validate({"value": password})
        settings = self._parts.settings.database[name].model_copy(
            update={"account": account, "password": secret, "data_sources": ()}
        )
        return await self.signs_in(name, settings)

    async def signs_in(self, name: str, settings: DatabaseSettings) -> bool:
        """Now, and nothing but that: the owner's script for a session that begins is not run. Raises NotProved."""
        settings = settings.model_copy(update={"on_sign_in": None, "globals": {}})
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
