"""Spans of ours and of nobody else. What looks into libraries from outside tells whole addresses: codes and state of a sign-in, names of
files, parameters of scripts."""

from __future__ import annotations

from opentelemetry.context import attach, detach, set_value
from starlette.types import ASGIApp, Receive, Scope, Send

ASIDE = "suppress_instrumentation"
"""By this name every instrumentation of OpenTelemetry asks whether it is wanted."""


class OwnTraces:
    """Around everything, also what runs beside the requests: tasks keep what was said when they began."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = attach(set_value(ASIDE, True))
        try:
            await self._app(scope, receive, send)
        finally:
            detach(before)
