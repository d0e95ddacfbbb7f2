"""Who waits for a session, in the order in which they came: work that asks again and again keeps nobody else waiting for long."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio


class Place:
    """Of one caller in the line."""

    def __init__(self) -> None:
        self._is_called = False
        self._waits: anyio.Event | None = None

    async def called(self) -> None:
        """Waits until something has changed for this caller."""
        if not self._is_called:
            self._waits = anyio.Event()
            await self._waits.wait()
        self._is_called = False

    def call(self) -> None:
        self._is_called = True
        if self._waits is not None:
            self._waits.set()


class WaitingLine:
    def __init__(self) -> None:
        self._places: dict[Place, None] = {}

    @contextmanager
    def place(self) -> Generator[Place]:
        """At the end of the line. The next one is called when it is left, for whatever reason."""
        place = Place()
        self._places[place] = None
        try:
            yield place
        finally:
            del self._places[place]
            self.call_first()

    def is_first(self, place: Place) -> bool:
        return next(iter(self._places)) is place

    def call_first(self) -> None:
        """There is something for one of them."""
        for place in self._places:
            place.call()
            return

    def call_all(self) -> None:
        """Things are otherwise for each of them."""
        for place in self._places:
            place.call()
