"""How often anybody has written to a database, whichever process it was: what was read before may no longer be so."""

from __future__ import annotations

from ...errors import FilemakerMcpError, StateAway
from .state import State

AWAY = -1


class WriteCount:
    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database
        self._known: int | None = None
        self._mark: int | None = None
        """The state's own before it was last asked."""

    async def has_moved(self) -> bool:
        """Whether something was written since this was last asked, or may have been while the state was away."""
        if not self._state.name:  # it ends with this process, which nobody shares
            return False
        mark = self._state.mark()  # what is committed while the question is under way is asked for again
        if mark is not None and mark == self._mark:
            return False
        self._mark = None
        try:
            row = await self._state.row("SELECT writes FROM chain WHERE database = ?", self._database)
        except StateAway:
            self._known = AWAY
            return True
        except FilemakerMcpError:  # there is none that could be used, which is told where one is needed
            return False
        self._mark = mark
        before, self._known = self._known, 0 if row is None else int(row["writes"])
        return before is not None and before != self._known
