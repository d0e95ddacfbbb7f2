"""What the console needs of a configured database: its name, its policy in words, its connection, and the way back from a change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from ..changes.plans.plan import Who
from ..changes.plans.progress import Progress


class ConsoleDatabase(Protocol):
    @property
    def identity(self) -> str:
        """Host and file, as plans and the journal name it."""
        ...

    @property
    def account(self) -> str: ...

    @property
    def policy_words(self) -> Sequence[str]:
        """A sentence a line."""
        ...

    def stages(self) -> AsyncIterator[dict[str, object]]:
        """The stages of connecting, looked at one after the other."""
        ...

    async def plan_undo(self, who: Who, change_id: str) -> Progress: ...
