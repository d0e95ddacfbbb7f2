"""Looks from time to time what of the records is past its days, beside the calls: a server may run for months."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import FilemakerMcpError

if TYPE_CHECKING:
    from ...changes.plans.plan_seal import Seal
    from ...config.settings import Settings
    from ...local.state.state import State, Transaction

log = logging.getLogger("filemaker_mcp")

BETWEEN_LOOKS = 6 * 3600.0
"""Seconds."""


class RetentionLook:
    """Of all databases of the settings. The first look is taken when the state is opened."""

    def __init__(
        self, settings: Settings, state: State, seal: Callable[[State], Seal], now: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._state = state
        self._seal = seal
        self._now = now
        self._next = now() + BETWEEN_LOOKS
        self._task: asyncio.Task[None] | None = None
        state.first(self.look)

    def at_times(self) -> None:
        """At every call; mostly nothing."""
        if self._now() >= self._next and (self._task is None or self._task.done()):
            self._next = self._now() + BETWEEN_LOOKS
            self._task = asyncio.create_task(self._again())

    async def look(self, transaction: Transaction) -> None:
        """Costs little where little is past its days; the next look takes the rest."""
        from ...changes.erasure.retention import Retention, expire_rest
        from ...changes.journal.journal import Journal
        from ..retention_terms import terms_of

        seal = self._seal(self._state)
        journal = Journal(self._state, now=self._now, seal=seal)
        reachable = not self._state.is_shared or await _may_erase(transaction)
        for terms in terms_of(self._settings) if reachable else ():
            await Retention(self._state, journal, seal, terms, now=self._now()).look(transaction)
        await expire_rest(transaction, days=self._settings.journal_days, now=self._now())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _again(self) -> None:
        try:
            async with self._state.writing() as transaction:
                await self.look(transaction)
        except FilemakerMcpError as error:
            log.warning("what is past its days was not erased: %s", error.what)


async def _may_erase(transaction: Transaction) -> bool:
    """Where several share the records, contents may be out of a server's reach: then their keeper runs `journal retain`."""
    row = await transaction.row(
        "SELECT has_table_privilege('image', 'UPDATE') AND has_table_privilege('data_key', 'DELETE') AS may"
    )
    return row is not None and bool(row["may"])
