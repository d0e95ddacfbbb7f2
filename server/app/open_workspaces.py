"""The databases of one caller, opened as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from functools import partial
from typing import TYPE_CHECKING

import anyio

from ...tools._call import Workspace
from ..local.state.state import State
from .shared_parts import SharedParts

if TYPE_CHECKING:
    from .workspace import Opening


class OpenWorkspaces(Mapping[str, Workspace]):
    """Each is opened when a tool first needs it: until then its parts are not even imported."""

    def __init__(
        self,
        openers: Mapping[str, Callable[[State], Opening]],
        parts: SharedParts,
        identities: Mapping[str, str],
    ) -> None:
        """`identities`: what the state calls each database."""
        self._identities = identities
        self._openers = openers
        self._parts = parts
        self._open: dict[str, Opening] = {}

    def __getitem__(self, name: str) -> Workspace:
        if name not in self._open:
            self._open[name] = self._openers[name](self.state)
        self._parts.retain()
        return self._open[name].workspace

    @property
    def state(self) -> State:
        """Plans, journal and jobs of all of them."""
        return self._parts.state

    def prepare(self, databases: Set[str] | None = None) -> None:
        """Opens those, as the state calls them, or all: whoever has to go on with another's work is to lose no time."""
        for name, identity in self._identities.items():
            if databases is None or identity in databases:
                self[name]

    async def sweep(self, databases: Set[str]) -> None:
        """Goes on with what was left in those, as the state calls them; one is opened only where there is something."""
        for name, identity in self._identities.items():
            if identity in databases:
                await self[name].jobs.sweep()

    @property
    def is_at_work(self) -> bool:
        """Whether a job of theirs is not over."""
        return any(opening.workspace.jobs.runs for opening in self._open.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)

    async def close(self, *, hands_over: bool = False, why: str = "") -> None:
        """`why` is told of what is broken off, where it is not that the server ends."""
        async with anyio.create_task_group() as group:
            for opening in self._open.values():
                group.start_soon(partial(opening.close, hands_over=hands_over, why=why))
