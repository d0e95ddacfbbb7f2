"""Several reads at once, as many as there are sessions; the first error ends them all and is the one that is raised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator

import anyio

Work = Callable[[], Awaitable[None]]


async def in_parallel(work: Iterable[Work], at_once: int) -> None:
    """Runs the pieces of work in their order, `at_once` of them at a time."""
    queue: Iterator[Work] = iter(work)
    errors: list[Exception] = []

    async def worker() -> None:
        try:
            for piece in queue:
                await piece()
        except Exception as error:  # noqa: BLE001 -- raised again below: a task group would wrap it
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(max(1, at_once)):
            group.start_soon(worker)
    if errors:
        raise errors[0]
