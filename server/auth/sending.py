"""What has to hold in the moment in which a request is handed to the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import httpx

Confirm = Callable[[], Awaitable[None]]
"""Raises where the request is not to go out any more; nothing of it was sent then."""
BEFORE_SENDING = "before_sending"

confirmation: ContextVar[Confirm | None] = ContextVar("confirmation", default=None)
"""Asked before each writing request of the work at hand. A process may be stopped at any moment, or wait for its turn; what it
was allowed to send when it began may be somebody else's when it goes on."""


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
