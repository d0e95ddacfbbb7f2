"""A claim of an item, as long as it holds: nothing goes out later than two seconds after it was confirmed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ...auth.sending import sending_under
from ...errors import NotOurs
from .item_claims import ItemClaims

SEND_WITHIN = 2.0
"""Seconds. A process that was stopped, or waited its turn for longer, asks again before it sends."""


@dataclass(slots=True)
class Claim:
    claims: ItemClaims
    place: tuple[str, int, int]
    """Plan, step and number of the item."""
    at: float
    """`time.monotonic()` from before it was made; that clock goes on while a process is stopped."""

    check_standing: Callable[[], Awaitable[None]]
    """As `ItemBooks.check_standing`: it may have waited for minutes since the claim was made."""

    async def confirm(self) -> None:
        """Raises NotOurs where another process has taken the plan over, and Stopped where it may not go on."""
        await self.check_standing()
        while time.monotonic() - self.at > SEND_WITHIN:
            now = time.monotonic()
            if not await self.claims.confirm(*self.place):
                raise NotOurs("Another process carries this out by now")
            self.at = now

    def sending(self) -> AbstractContextManager[None]:
        """What is written to FileMaker meanwhile goes out under this claim."""
        return sending_under(self.confirm)
