"""Whose changes somebody sees beside their own, and may answer for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..changes.consent.agreement_store import Glance


class Oversight(Protocol):
    @property
    def databases(self) -> Sequence[str]:
        """As plans name them: those of which the person sees every change of everybody."""
        ...

    @property
    def is_owner(self) -> bool:
        """Whether they see the figures and the journal of everybody, and whether its chain is whole."""
        ...

    async def callers(self) -> Sequence[str] | None:
        """For whom the person may answer at all; None for anybody."""
        ...

    async def answers_for(self, glance: Glance) -> bool:
        """Whether the person sees the whole of this change of somebody else, and may agree to it."""
        ...


class OwnAlone:
    """Nobody else's: the person at this machine, whose usage and journal these are."""

    databases: Sequence[str] = ()
    is_owner = True

    async def callers(self) -> Sequence[str] | None:
        return ()

    async def answers_for(self, glance: Glance) -> bool:
        return False
