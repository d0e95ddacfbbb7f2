"""How often anybody has written to a database, whichever process it was: what was read before may no longer be so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ...errors import FilemakerMcpError, StateAway
from .state import State

AWAY = -1


@dataclass
class KnownWrites:
    """What was last read, for all callers of a process: each commit of anybody has them look anew."""

    marks: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """By database: the state's own mark before it was asked, and the count."""


class WriteCount:
    """As one caller knows it."""

    def __init__(
        self,
        state: State,
        database: str,
        known: KnownWrites,
        look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`look`: what else is asked of the state at first, and whenever somebody has written."""
        self._look = look
        self._state = state
        self._database = database
        self._last: int | None = None
        self._shared = known

    async def has_moved(self) -> bool:
        """Whether something was written since this was last asked, or may have been while the state was away."""
        if not self._state.name:  # it ends with this process, which nobody shares
            return False
        mark = self._state.mark()  # what is committed while the question is under way is asked for again
        marked, count = self._shared.marks.get(self._database, (None, 0))
        if mark is None or mark != marked:
            try:
                row = await self._state.row("SELECT writes FROM chain WHERE database = ?", self._database)
            except StateAway:
                self._last = AWAY
                return True
            except FilemakerMcpError:  # there is none that could be used, which is told where one is needed
                return False
            count = 0 if row is None else int(row["writes"])
            if mark is not None:
                self._shared.marks[self._database] = mark, count
        before, self._last = self._last, count
        if self._look is not None and before != count:
            await self._look()
        return before is not None and before != count
