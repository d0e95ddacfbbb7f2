"""The kill switch: what the owner has stopped, for everybody or for one caller, in force everywhere within five seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..auth.single_flight import SingleFlight
from ..local.state.state import State
from ..policy import Access, Narrowing
from .epoch import KNOWN_SECONDS, raise_epoch

EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Halt:
    caller: str
    """As `Caller.id`; empty: everybody."""
    is_whole: bool
    """Reading too; otherwise changes and scripts alone."""
    reason: str
    at: float


WITHOUT_WRITES = Narrowing(access=Access.READ, scripts=frozenset())


class Halts:
    def __init__(self, state: Callable[[], State], steady: Callable[[], float]) -> None:
        self._state = state
        self._steady = steady
        self._asked = float("-inf")
        self._known: tuple[Halt, ...] = ()
        self._asking: SingleFlight[None] = SingleFlight()

    async def of(self, caller: str) -> Halt | None:
        """The strictest that is in force for this caller."""
        while (
            self._steady() - self._asked >= KNOWN_SECONDS
        ):  # again where the answer was so long under way that it is old
            await self.look()
        meant = [halt for halt in self._known if halt.caller in (EVERYBODY, caller)]
        return max(meant, key=lambda halt: halt.is_whole, default=None)

    async def look(self) -> None:
        """Now, for all callers. Raises StateAway."""
        await self._asking.join(self._ask)

    async def _ask(self) -> None:
        asked = self._steady()
        self._known = tuple(await self.all())
        self._asked = asked

    async def all(self) -> list[Halt]:
        rows = await self._state().rows("SELECT caller, whole, reason, at FROM halt ORDER BY at")
        return [Halt(row["caller"], bool(row["whole"]), row["reason"], row["at"]) for row in rows]

    async def put(self, halt: Halt) -> None:
        async with self._state().writing() as transaction:
            transaction.put(
                "INSERT INTO halt (caller, whole, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT (caller) DO UPDATE SET"
                " whole = excluded.whole, reason = excluded.reason, at = excluded.at",
                halt.caller, int(halt.is_whole), halt.reason, halt.at,
            )  # fmt: skip
            raise_epoch(transaction)

    async def lift(self, caller: str) -> bool:
        """Whether there was one."""
        async with self._state().writing() as transaction:
            raise_epoch(transaction)
            return await transaction.execute("DELETE FROM halt WHERE caller = ?", caller) > 0
