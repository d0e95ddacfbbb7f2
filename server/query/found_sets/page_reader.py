"""A found set read to its end: pages in parallel over the pooled sessions, and what happened to it meanwhile noticed."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import anyio

from ...dataapi.page_parts import parts_of
from ...dataapi.query import Query
from ...errors import AnswerTooLarge
from ...host_errors import SessionLost
from .id_bitmap import Seen
from .parallel_reads import in_parallel

PAGE = 500
"""Records a request."""
AHEAD = 3
"""Pages for each session that may wait for their turn."""
TRIES = 3
TIDY_AFTER = 32
"""Pages. HTTP answers lie in reference cycles, and the collector is tuned for a fast start: left alone it would let
hundreds of them wait."""


CHANGED = "records may have been created or deleted while it was read"


class Paged(Protocol):
    """A page: how many were found when it was read, and which records it brought."""

    @property
    def found(self) -> int | None: ...

    @property
    def reach(self) -> int: ...

    @property
    def ids(self) -> Sequence[str]: ...

    @property
    def shown(self) -> int:
        """How many of them can be told of."""
        ...


P = TypeVar("P", bound=Paged)

Progress = Callable[[int, int | None], Awaitable[None]]
"""Records read, records found."""


@dataclass
class Course:
    """How a reading went."""

    found: int | None
    """None where the host's count does not hold; then the other counts are not told either."""
    started: datetime
    ended: datetime
    read: int = 0
    repeated: int = 0
    counts: Sequence[int] = ()
    """The different counts that the host told, as they came; more than one when records came or went meanwhile."""

    @property
    def changed(self) -> str:
        """In words, what shows that records were created or deleted while this was read; empty when nothing does."""
        if self.found is None:
            return CHANGED if len(self.counts) > 1 or self.repeated or self.read != self.counts[0] else ""
        if len(self.counts) > 1:
            return f"the found count went from {self.counts[0]:,} to {self.counts[-1]:,} while it was read"
        if self.repeated:
            return f"{self.repeated} record(s) came twice while it was read"
        if self.read != self.found:
            return f"{self.read:,} of {self.found:,} records came"
        return ""


class PageReader(Generic[P]):
    """Reads all pages of a query; `fetch` gets one, `consume` takes each in order, exactly the records that are new."""

    def __init__(
        self,
        fetch: Callable[[Query], Awaitable[P]],
        consume: Callable[[P, frozenset[str]], Awaitable[None] | None],
        *,
        sessions: int,
        now: Callable[[], datetime],
        progress: Progress | None = None,
        page: int | None = None,
    ) -> None:
        self._fetch = fetch
        self._consume = consume
        self._sessions = sessions
        self._now = now
        self._progress = progress
        self._page = page or PAGE
        self._seen = Seen()
        self._counts: dict[int, None] = {}
        self._largest = self._page
        """Records of the largest page that may be answered."""
        self._waiting: dict[int, Sequence[P]] = {}
        self._turn = 0
        self._consuming = anyio.Lock(fast_acquire=True)
        self._moved = anyio.Event()
        self._told = 0
        self._shown = 0

    async def all_of(self, query: Query) -> Course:
        started = self._now()
        first = await self._get(query, 0)
        total = first[0].reach
        self._counts[total] = None
        await self._arrived(0, first, total)
        number = -(-total // self._page)
        await in_parallel((lambda n=n: self._step(query, n, total) for n in range(1, number)), self._sessions)
        return Course(
            first[0].found, started, self._now(), self._seen.count, self._seen.repeated, tuple(self._counts)
        )

    async def _step(self, query: Query, number: int, total: int) -> None:
        while number - self._turn > AHEAD * self._sessions:
            await self._moved.wait()
        pages = await self._get(query, number)
        for page in pages:
            if page.ids:  # beyond the end nothing is found (section 7.6), which is no count
                self._counts[page.reach] = None
        await self._arrived(number, pages, total)

    async def _get(self, query: Query, number: int) -> Sequence[P]:
        """A page, in parts where its records are too large for one answer."""
        return await self._whole(replace(query, offset=number * self._page + 1, limit=self._page))

    async def _whole(self, wanted: Query) -> Sequence[P]:
        if wanted.limit <= self._largest:
            try:
                return [await self._once(wanted)]
            except AnswerTooLarge:
                if wanted.limit == 1:
                    raise
                self._largest = min(self._largest, wanted.limit - 1)
        pages: list[P] = []
        for part in parts_of(wanted):
            pages += await self._whole(part)
        return pages

    async def _once(self, wanted: Query) -> P:
        """A session cut in the middle of reading changes nothing, so the page is asked for again."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._fetch(wanted)
            except SessionLost:
                if attempt == TRIES:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _arrived(self, number: int, pages: Sequence[P], total: int) -> None:
        self._waiting[number] = pages
        page = pages[-1]
        async with self._consuming:
            while self._turn in self._waiting:
                for next_page in self._waiting.pop(self._turn):
                    work = self._consume(next_page, self._seen.add(next_page.ids))
                    if work is not None:
                        await work
                    self._shown += next_page.shown
                self._turn += 1
                if self._turn % TIDY_AFTER == 0:
                    gc.collect(0)
                self._moved.set()
                self._moved = anyio.Event()
        if self._progress is None:
            return
        if page.found is None:  # full pages alone: how few one brings tells what it passed over
            while self._told + self._page <= self._shown:
                self._told += self._page
                await self._progress(self._told, None)
        elif (self._seen.count - self._told) * 20 >= total:
            self._told = self._seen.count
            await self._progress(self._seen.count, total)
