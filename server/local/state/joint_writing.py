"""What several tasks write about one database at the same time, asked in one go and committed together.

A commit costs a way to the records and back, and so does the end of a journal's chain, which everybody who adds to it has to know.
Tasks that come while others are at it wait for them, and then are one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import anyio

from ...errors import StateAway
from .state import Question, Row, Transaction

MOST = 32
"""Parts of one transaction. Whoever is among them waits for all."""
T = TypeVar("T")
Work = Callable[[Transaction, list[Sequence[Row]]], Awaitable[T]]
"""What is done with the answers, and may be done again where it was rolled back."""


@dataclass(eq=False, slots=True)
class Part:
    questions: Sequence[Question]
    work: Work[Any]
    is_done: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass(eq=False, slots=True)
class Queue:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    parts: list[Part] = field(default_factory=list[Part])


class JointWriting:
    def __init__(self, writing: Callable[[str], AbstractAsyncContextManager[Transaction]]) -> None:
        self._writing = writing
        self._queues: dict[str, Queue] = {}

    async def done(self, database: str, questions: Sequence[Question], work: Work[T]) -> T:
        """As `State.together`."""
        queue = self._queues.setdefault(database, Queue())
        part = Part(questions, work)
        queue.parts.append(part)
        cancelled: asyncio.CancelledError | None = None
        with anyio.CancelScope(shield=True):
            while not part.is_done:
                try:
                    async with queue.turn:
                        if not part.is_done:
                            await self._carried_out(database, queue)
                except asyncio.CancelledError as error:
                    if part in queue.parts:
                        queue.parts.remove(part)
                        raise
                    cancelled = error  # somebody is at it: how it ends is known before this is heard of
        if cancelled is not None:
            raise cancelled
        if part.error is not None:
            raise part.error
        result: T = part.result
        return result

    async def _carried_out(self, database: str, queue: Queue) -> None:
        """In a task of its own: the parts of others do not end with whoever has the turn."""
        parts, queue.parts = queue.parts[:MOST], queue.parts[MOST:]
        writing = asyncio.create_task(self._written(database, parts))
        cancelled: asyncio.CancelledError | None = None
        while not writing.done():
            try:
                await asyncio.wait({writing})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        writing.result()

    async def _written(self, database: str, parts: Sequence[Part]) -> None:
        try:
            results = await self._one_transaction(database, parts)
        except BaseException as error:  # noqa: BLE001 -- it is raised where the part was asked for
            # Only one of them may be at fault. What was cancelled may have been committed, and is not done again.
            if len(parts) > 1 and not isinstance(error, StateAway | asyncio.CancelledError):
                for part in parts:
                    await self._written(database, [part])
                return
            for part in parts:
                part.error, part.is_done = error, True
        else:
            for part, result in zip(parts, results, strict=True):
                part.result, part.is_done = result, True

    async def _one_transaction(self, database: str, parts: Sequence[Part]) -> list[Any]:
        questions, places = _once([each for part in parts for each in part.questions])
        async with self._writing(database) as transaction:
            answers = await transaction.several(*questions)
            given = iter([answers[place] for place in places])
            return [await part.work(transaction, list(islice(given, len(part.questions)))) for part in parts]


def _once(questions: Sequence[Question]) -> tuple[list[Question], list[int]]:
    """What only reads is asked once, and where the answer to each question stands."""
    asked: list[Question] = []
    known: dict[tuple[str, tuple[object, ...]], int] = {}
    places: list[int] = []
    for sql, values in questions:
        key = sql, tuple(values)
        place = known.get(key, len(asked))
        if place == len(asked):
            asked.append((sql, values))
            if sql.startswith("SELECT"):
                known[key] = place
        places.append(place)
    return asked, places
