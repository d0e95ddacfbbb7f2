"""What a job waits for, told from wherever it waits: its message says so until it goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

Tell = Callable[[str], Awaitable[None]]

_tell: ContextVar[Tell | None] = ContextVar("tell", default=None)
"""How the work at hand tells its job what it waits for. None for work that is no job."""


def hear_waits(tell: Tell) -> None:
    """`tell` is given what the work of this task waits for, and an empty text when it goes on."""
    _tell.set(tell)


@asynccontextmanager
async def told(message: str) -> AsyncGenerator[None]:
    """Waits within the block. `message` begins as `job_answer.WAITING`."""
    tell = _tell.get()
    if tell is None:
        yield
        return
    await tell(message)
    yield
    await tell("")
