"""Looks, where several processes share the state, whether one of them ended in the middle of its work, and goes on with that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ...caller import Caller
from ...errors import FilemakerMcpError
from ...jobs.job import Job
from ...text.unexpected_errors import place_of

if TYPE_CHECKING:
    from ...local.state.state import State
    from ..open_workspaces import OpenWorkspaces

log = logging.getLogger("filemaker_mcp")

LOOK_SECONDS = 1.0


class Takeover:
    def __init__(self, state: State, seats: Callable[[], Iterable[OpenWorkspaces]]) -> None:
        """`seats`: the workspaces of those for whom this process acts."""
        self._state = state
        self._seats = seats

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
            except FilemakerMcpError as error:
                log.info("could not look for work that was left: %s", error.what)
            except Exception as error:  # noqa: BLE001 -- a defect of ours must not end the looking for good
                log.error(
                    "defect in the look for work that was left: %s at %s",
                    type(error).__name__,
                    place_of(error),
                )
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Once. Raises FilemakerMcpError."""
        mine = self._state.runner
        rows = await self._state.rows(
            "SELECT DISTINCT database, runner FROM job WHERE state IN ('waiting', 'running')"
        )
        busy = {
            row["database"]
            for row in rows
            if row["runner"] == mine or not await self._state.is_alive(row["runner"])
        }
        at_work = {row["database"] for row in rows}
        for workspaces in list(self._seats()) if rows else ():
            workspaces.prepare(at_work)
            await workspaces.sweep(busy)


def is_to_go_on(always: bool, seen: str, caller: Caller, job: Job) -> bool:
    """Whether work of a process that ended is gone on with unasked: where others share the state, as whoever asked for it, and
    under the same settings. On a file, whoever ended the program by force is asked first."""
    return always and (job.seen, job.caller) == (seen, caller)
