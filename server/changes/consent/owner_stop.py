"""What the owner has stopped or ended of a caller's work, as the state says it now: by whatever way the caller works."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ...errors import Stopped
from ...local.state.state import State
from ...text.near_names import folded

ENDED = "The owner has ended the FileMaker account by which you work here"


@dataclass(frozen=True, slots=True)
class Stop:
    is_whole: bool
    """Reading too; otherwise changes and scripts alone."""
    why: str


class OwnerStop:
    """`accounts` are those by which a database is worked with, by any of their names."""

    def __init__(self, state: State, accounts: Collection[str] = ()) -> None:
        self._state = state
        self._accounts = sorted({folded(each) for each in accounts})
        self._known: tuple[int, str, Stop | None] | None = None
        """The state's own mark, the caller and what was answered: nothing is asked again before somebody commits."""

    async def of(self, caller: str) -> Stop | None:
        """The strictest that is in force for this caller. Raises StateAway."""
        if not self._state.name:  # it ends with this process, which no command reaches
            return None
        mark = self._state.mark()  # what is committed while the question is under way is asked for again
        if mark is not None and self._known is not None and self._known[:2] == (mark, caller):
            return self._known[2]
        stop = await self._asked(caller)
        self._known = None if mark is None else (mark, caller, stop)
        return stop

    async def _asked(self, caller: str) -> Stop | None:
        marks = ", ".join("?" * len(self._accounts)) or "NULL"
        halts, ended = await self._state.several(
            (
                "SELECT whole, reason FROM halt WHERE caller IN ('', ?) ORDER BY whole DESC, at LIMIT 1",
                (caller,),
            ),
            (f"SELECT 1 FROM revoked WHERE kind = 'account' AND what IN ({marks})", tuple(self._accounts)),
        )
        if ended:
            return Stop(True, ENDED)
        for halt in halts:
            what = "this server" if halt["whole"] else "changes and scripts"
            return Stop(
                bool(halt["whole"]), f"The owner has stopped {what} for you. {halt['reason']}".rstrip(". ")
            )
        return None

    async def check(self, caller: str, *, changes: bool) -> None:
        """Raises Stopped for what is stopped, and StateAway."""
        stop = await self.of(caller)
        if stop is not None and (changes or stop.is_whole):
            raise Stopped(stop.why, advice="Nothing was sent.")
