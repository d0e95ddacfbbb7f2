"""Ends of jobs, written down at once or as soon as our own records can be reached."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..errors import StateAway
from .job import Finished, Job
from .job_store import Docket

log = logging.getLogger("filemaker_mcp")


class UnwrittenEnds:
    def __init__(self, docket: Docket, now: Callable[[], float]) -> None:
        self._docket = docket
        self._now = now
        self._left: dict[str, tuple[Job, Finished]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._left

    async def write(self, job: Job, finished: Finished) -> None:
        try:
            await self._docket.end(job, finished, self._now())
        except StateAway as error:
            log.error("the end of %s could not be written down yet: %s", job.id, error.what)
            self._left[job.id] = (job, finished)

    async def write_left(self) -> None:
        """Those that could not be written before, as far as they can be now."""
        for name, (job, finished) in list(self._left.items()):
            try:
                await self._docket.end(job, finished, self._now())
            except StateAway:
                return
            self._left.pop(name, None)
