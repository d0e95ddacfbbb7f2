"""Sessions of FileMaker by account: whoever acts as one account shares its pool, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import anyio
import httpx

from ..auth.clock import Clock
from ..auth.host_pauses import HostPauses
from ..auth.sessions.session_places import SessionPlaces
from .credential_factory import CredentialFactory
from .database_connection import Connection, connect_to, own_transport
from .sign_in_accounts import SignInAccount

Key = tuple[str, str, str, str, str]


class Connections:
    def __init__(
        self,
        sign_ins: CredentialFactory,
        clock: Clock,
        emulated: Mapping[str, httpx.AsyncBaseTransport],
        pauses: HostPauses,
        places: SessionPlaces,
    ) -> None:
        self._pauses = pauses
        self._places = places
        self._sign_ins = sign_ins
        self._clock = clock
        self._emulated = emulated
        self._open: dict[Key, Connection] = {}

    def to(
        self,
        name: str,
        account: SignInAccount,
        *,
        whose: str,
        on_bytes: Callable[[int], None],
        most: int | None,
        on_refusal: Callable[[], None],
    ) -> Connection:
        """The connection of one caller to a database. `whose` is the caller that proved the account, or nothing for one that
        the owner gave: an account's name alone is no proof of it. `on_bytes` counts what the host sends to this caller, and `most` is
        how many sessions they may have at once; None for all. `on_refusal` as `SessionShare` takes it."""
        settings = account.settings
        key = (name, settings.base_url, settings.file, account.name, whose)
        if key not in self._open:
            self._open[key] = connect_to(
                account,
                self._sign_ins,
                clock=self._clock,
                transport=self._emulated.get(name),
                pauses=self._pauses,
                places=self._places,
                whose=whose,
            )
        return own_transport(self._open[key], on_bytes, most, on_refusal)

    async def end(self, whose: str) -> None:
        """Logs out the sessions of accounts that this caller proved."""
        theirs = [key for key in self._open if whose and key[4] == whose]
        await self._logged_out([self._open.pop(key) for key in theirs])

    async def close(self) -> None:
        """Logs out every session."""
        await self._logged_out(list(self._open.values()))
        await self._places.close()

    async def _logged_out(self, connections: list[Connection]) -> None:
        async with anyio.create_task_group() as group:
            for connection in connections:
                group.start_soon(connection.pool.close)
