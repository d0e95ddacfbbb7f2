"""Figures for Prometheus, at an address of their own. No label says who called, or what about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import ConfigurationError

LAG_SECONDS = 0.5


class PrometheusFigures:
    """Raises ConfigurationError where the library is not installed."""

    def __init__(self, callers: Callable[[], int]) -> None:
        """`callers` counts those whose servers are open."""
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        except ImportError:
            raise ConfigurationError(
                "http.metrics is set, and the library for it is not installed",
                advice="Install filemaker-mcp[metrics].",
            ) from None
        self.registry = CollectorRegistry()
        self._calls = Counter("fm_calls", "Calls of tools", ["tool", "outcome"], registry=self.registry)
        self._seconds = Histogram("fm_call_seconds", "Seconds of a call", ["tool"], registry=self.registry)
        self._running = Gauge("fm_calls_in_progress", "Calls under way", registry=self.registry)
        self._lag = Gauge("fm_loop_lag_seconds", "How late the event loop was last", registry=self.registry)
        Gauge("fm_open_callers", "Callers with a server open", registry=self.registry).set_function(callers)

    def begun(self) -> None:
        self._running.inc()

    def ended(self, tool: str, outcome: str, seconds: float) -> None:
        self._running.dec()
        self._calls.labels(tool, outcome).inc()
        self._seconds.labels(tool).observe(seconds)

    async def watch_the_loop(self) -> None:
        """Until it is cancelled."""
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(LAG_SECONDS)
            self._lag.set(max(0.0, time.perf_counter() - begun - LAG_SECONDS))

    def app(self) -> Starlette:
        async def figures(request: Request) -> Response:
            from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return Starlette(routes=[Route("/metrics", figures)])
