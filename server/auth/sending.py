"""What has to hold in the moment in which a request is handed to the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

Confirm = Callable[[], Awaitable[None]]
"""Raises where the request is not to go out any more; nothing of it was sent then."""
BEFORE_SENDING = "before_sending"
LOOK_SECONDS = 4.0
"""Between two looks while something waits: what the owner stops is over within five."""

confirmation: ContextVar[Confirm | None] = ContextVar("confirmation", default=None)
"""Asked before each writing request of the work at hand. A process may be stopped at any moment, or wait for its turn; what it
was allowed to send when it began may be somebody else's when it goes on."""


@contextmanager
def sending_under(confirm: Confirm) -> Generator[None]:
    """What is written to FileMaker meanwhile goes out only where `confirm` lets it."""
    token = confirmation.set(confirm)
    try:
        yield
    finally:
        confirmation.reset(token)


async def confirmed_wait(seconds: float, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Before a write. Raises as soon as it is known that it is not to go out any more, and not only when it would go out."""
    confirm = confirmation.get()
    while seconds > 0:
        await sleep(min(seconds, LOOK_SECONDS))
        seconds -= LOOK_SECONDS
        if confirm is not None:
            await confirm()


def confirmed_by(request: httpx.Request) -> None:
    """The request goes out only where the work at hand is confirmed then."""
    confirm = confirmation.get()
    if confirm is not None:
        request.extensions[BEFORE_SENDING] = confirm


async def confirm_before_sending(request: httpx.Request) -> None:
    """For the HTTP client: called when signing in is over, right before the request is handed on."""
    confirm = request.extensions.get(BEFORE_SENDING)
    if confirm is not None:
        await confirm()
