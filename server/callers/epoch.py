"""How much was ended so far: a number in the state, raised by each ending. What lets somebody in counts only from the epoch on in which
a copy was last put back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from ..auth.single_flight import SingleFlight
from ..local.state.state import State, StateReader, Transaction

KNOWN_SECONDS = 4.0
"""How long it is taken for true: what was ended is over everywhere within five seconds."""
FIRST = "INSERT INTO epoch (one, state_id, number, since) VALUES (1, ?, ?, ?)"
RAISE = (
    f"{FIRST} ON CONFLICT (one) DO UPDATE SET"
    " number = CASE WHEN epoch.number < excluded.number THEN excluded.number ELSE epoch.number + 1 END"
)


@dataclass(frozen=True, slots=True)
class Epoch:
    state_id: str
    """Of this state and of its copies."""
    number: int
    since: int
    """Keys of before it do not count."""


class EpochWatch:
    """The number as it stood four seconds ago at the most. While it stays, nothing was ended that was not known before, and whoever
    was let in need not be asked for again."""

    def __init__(self, state: Callable[[], State], steady: Callable[[], float]) -> None:
        """`state` is asked for when it is needed; `steady` is a clock that nobody sets."""
        self._state = state
        self._steady = steady
        self._asked = float("-inf")
        self._number = -1
        self._asking: SingleFlight[None] = SingleFlight()

    async def number(self) -> int:
        """Raises StateAway."""
        while (
            self._steady() - self._asked >= KNOWN_SECONDS
        ):  # again where the answer was so long under way that it is old
            await self.look()
        return self._number

    async def look(self) -> None:
        """Now. Raises StateAway."""
        await self._asking.join(self._ask)

    async def _ask(self) -> None:
        asked = self._steady()
        epoch = await epoch_of(self._state())
        self._number = -1 if epoch is None else epoch.number
        self._asked = asked


async def epoch_of(reader: StateReader) -> Epoch | None:
    """None for a state that has no name yet."""
    row = await reader.row("SELECT state_id, number, since FROM epoch")
    return None if row is None else Epoch(row["state_id"], row["number"], row["since"])


async def named(state: State) -> Epoch:
    """The first one, for a state that has none."""
    async with state.writing() as transaction:
        transaction.put(f"{FIRST} ON CONFLICT (one) DO NOTHING", secrets.token_hex(16), 0, 0)
        return await epoch_of(transaction) or Epoch("", 0, 0)


def raise_epoch(transaction: Transaction, *, past: int = 0) -> None:
    """Something was ended, or what was ended is let in again. Beyond `past` in any case."""
    transaction.put(RAISE, secrets.token_hex(16), past + 1, 0)


def begin_anew(transaction: Transaction) -> None:
    """Nothing of before counts any more."""
    raise_epoch(transaction)
    transaction.put("UPDATE epoch SET since = number")
