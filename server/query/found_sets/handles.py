"""Found sets that later calls can name: for minutes, in bounded number, each for the caller who made it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...caller import Caller
from ...errors import InputError
from ...text.readable_id import random_letters
from .found_set import FoundSet, Recipe
from .page_room import PageRoom
from .shared_definitions import SharedDefinitions

LIFETIME = 30 * 60.0
"""Seconds since the last use."""
MOST = 64
"""Found sets kept for one database; the least recently used goes first."""
MOST_BYTES = 2 * 2**30
"""What all of them may keep, nearly all of it in temporary files."""


class FoundSets:
    """The found sets of one configured database. `now` counts seconds."""

    def __init__(
        self,
        now: Callable[[], float],
        elsewhere: Callable[[], Awaitable[bool]],
        definitions: SharedDefinitions,
        room: PageRoom,
    ) -> None:
        """`elsewhere`: whether anybody wrote to the database since it was last asked. `definitions`: of those of all processes.
        `room`: for the pages of all that this process keeps."""
        self._room = room
        self._definitions = definitions
        self._now = now
        self._elsewhere = elsewhere
        self._kept: dict[str, tuple[float, FoundSet]] = {}

    async def are_outdated(self) -> bool:
        """Whether what was read for one of them may no longer be so, whoever has written since."""
        return await self._elsewhere()

    async def keep(self, found_set: FoundSet, caller: Caller) -> str:
        """A handle such as `set-k7f3`, which every process knows that shares the state. The same found set keeps its handle."""
        handle = self._keep(found_set, caller)
        await self._definitions.keep(handle, caller, found_set.recipe)
        return handle

    async def defined_elsewhere(self, handle: str, caller: Caller) -> Recipe:
        """How to ask again for one that another process gave to the caller. Empty for one that is known here, or nowhere."""
        self._drop_old()
        return () if handle in self._kept else await self._definitions.find(handle, caller)

    async def take_in(self, found_set: FoundSet, handle: str, caller: Caller) -> None:
        """One of another process, asked for again."""
        found_set.handle, found_set.caller = handle, caller
        self._keep(found_set, caller)
        await self._definitions.keep(handle, caller, found_set.recipe)

    def _keep(self, found_set: FoundSet, caller: Caller) -> str:
        self._drop_old()
        if not found_set.handle:
            found_set.handle = f"set-{random_letters(5)}"
            found_set.caller = caller
        self._kept[found_set.handle] = (self._now(), self._kept.pop(found_set.handle, (0, found_set))[1])
        self._room.use(self._kept[found_set.handle][1].holding)
        while len(self._kept) > MOST or (
            len(self._kept) > 1 and found_set.holding.shelves and self._size() > MOST_BYTES
        ):
            self._drop(next(iter(self._kept)))
        return found_set.handle

    def close(self) -> None:
        """Lets go of everything that was kept."""
        for handle in list(self._kept):
            self._drop(handle)

    def get(self, handle: str, caller: Caller) -> FoundSet:
        """Raises InputError when it expired, was never there, or belongs to somebody else."""
        self._drop_old()
        held = self._kept.get(handle)
        if held is None or held[1].caller != caller:
            raise InputError(
                f"There is no found set {handle!r} (any more)",
                advice=f"A found set lasts {int(LIFETIME // 60)} minutes after its last use. Find again with layout and where.",
            )
        self._keep(held[1], caller)
        return held[1]

    def _drop_old(self) -> None:
        """The one that was used least recently stands first."""
        limit = self._now() - LIFETIME
        while self._kept and next(iter(self._kept.values()))[0] < limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, handle: str) -> None:
        holding = self._kept.pop(handle)[1].holding
        if holding.shelves and all(other.holding is not holding for _, other in self._kept.values()):
            holding.forget()

    def _size(self) -> int:
        holdings = {id(found_set.holding): found_set.holding for _, found_set in self._kept.values()}
        return sum(holding.size for holding in holdings.values())
