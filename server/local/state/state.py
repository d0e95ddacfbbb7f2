"""What the state can do, whatever keeps it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Question = tuple[str, Sequence[object]]
"""A statement and its values."""


class Row(Protocol):
    def __getitem__(self, name: str, /) -> Any: ...


class StateReader(Protocol):
    """Reads the state: all that is committed, or what a transaction sees."""

    async def rows(self, sql: str, *values: object) -> Sequence[Row]: ...

    async def row(self, sql: str, *values: object) -> Row | None: ...

    async def several(self, *questions: Question) -> list[Sequence[Row]]:
        """The rows of each, asked for in one go."""
        ...


class Transaction(StateReader, Protocol):
    """Reads and writes as one. Awaits nothing else before its end: everybody else waits meanwhile."""

    ends: dict[str, tuple[int, str, int]]
    """By database: place and digest of the last entry of its journal, and how many of its entries tell of writes, where one was
    added in this transaction."""

    async def execute(self, sql: str, *values: object) -> int:
        """How many rows were touched."""
        ...

    def put(self, sql: str, *values: object) -> None:
        """Carried out in its turn, with the next statement that is waited for or with the end of the transaction."""
        ...

    def put_last(self, name: str, sql: str, *values: object) -> None:
        """As `put`, after all that is put; in place of what was put last under that name and has not gone out yet."""
        ...

    def put_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """The same statement with each of the values, as `put`."""
        ...


class State(StateReader, Protocol):
    """Plans, journal, jobs and usage. Nothing is opened before something is asked of it, and the event loop never waits.

    Everything here raises StateAway while the state cannot be reached, and ConfigurationError where it cannot be opened at all.
    Outside a transaction each read stands alone; inside one, all reads go through it.
    """

    @property
    def path(self) -> Path | None:
        """The file; None where there is none."""
        ...

    @property
    def name(self) -> str:
        """Where it is, for a person; empty where it ends with this process."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether other machines may use it too. A process of theirs that seems dead may only be cut off; and what is inserted
        is numbered with gaps, where something was rolled back."""
        ...

    @property
    def runner(self) -> str:
        """Names this process (more exactly, this opening of the state) among those that write to it."""
        ...

    patience: float
    """Seconds that a transaction waits for those of others."""

    def mark(self) -> int | None:
        """Differs from the one before if anybody else has committed in between; None where only a question would tell."""
        ...

    def first(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        """Done once, before the next thing that is asked of the state."""
        ...

    def writing(self, database: str = "") -> AbstractAsyncContextManager[Transaction]:
        """One transaction, alone among all processes, or with `database` among those about the same one; committed at the end, rolled back by any exception. It goes on to its
        end when its caller is cancelled, and does so before the caller hears of it."""
        ...

    async def together(
        self,
        database: str,
        questions: Sequence[Question],
        work: Callable[[Transaction, list[Sequence[Row]]], Awaitable[T]],
    ) -> T:
        """A transaction about a database that begins with these questions, and what `work` made of their answers. Where several tasks
        of this process want one at the same time, it is one for all of them: all questions, then the work of each. Where one
        fails, each is done by itself, so `work` does nothing that could not be done again."""
        ...

    async def is_alive(self, runner: str) -> bool:
        """Whether the process that wrote under that name still runs."""
        ...

    async def copy(self, target: Path) -> None:
        """All that is committed now, as a new file that only its owner can read. Raises InputError for one that is there."""
        ...

    async def scrub(self) -> bool:
        """Nothing of what was deleted is left where a copy could show it; False where that could not be done now."""
        ...

    async def close(self) -> None:
        """What is under way is rolled back."""
        ...
