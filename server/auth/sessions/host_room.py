"""Whether the host has room for another session, as this process was told and the others that share the state."""

from __future__ import annotations

from ...host_errors import HostFull
from ..host_pauses import HostPauses
from .host_backoff import HostBackoff


class HostRoom:
    def __init__(self, host: str, backoff: HostBackoff, pauses: HostPauses | None) -> None:
        """`pauses`: what the others were told; None where there are none."""
        self._host = host
        self._backoff = backoff
        self._pauses = pauses

    async def is_refused_to_others(self) -> bool:
        """One of them was told a moment ago that there is none."""
        pause = None if self._pauses is None else await self._pauses.of_host(self._host)
        if pause is not None:
            self._backoff.learn(pause)
        return pause is not None

    async def refused(self, error: HostFull) -> None:
        self._backoff.full(error)
        if self._pauses is not None:
            await self._pauses.is_full(self._host, self._backoff.full_for(), error.code)

    async def found(self) -> None:
        """A session was opened."""
        if self._pauses is not None and self._backoff.was_full:
            await self._pauses.has_room(self._host)
        self._backoff.room()
