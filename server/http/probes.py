"""`/live` and `/ready`, for whoever keeps the process up and sends requests to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..errors import FilemakerMcpError
from .drain import Drain


def probes(drain: Drain, check_state: Callable[[], Awaitable[None]]) -> list[Route]:
    """`check_state` raises where our own records cannot be reached. FileMaker's absence is not unreadiness: every replica would
    be taken out at once, and with them the sentence that says what is wrong."""

    async def live(request: Request) -> Response:
        return PlainTextResponse("live\n")

    async def ready(request: Request) -> Response:
        if drain.is_on:
            return PlainTextResponse("ending\n", 503, {"Retry-After": "1"})
        try:
            await check_state()
        except FilemakerMcpError:
            return PlainTextResponse("state away\n", 503, {"Retry-After": "5"})
        return PlainTextResponse("ready\n")

    return [Route("/live", live, methods=["GET"]), Route("/ready", ready, methods=["GET"])]
