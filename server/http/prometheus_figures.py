"""Figures for Prometheus, at an address of their own. No label says who called, or what about; of several customers it says whose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

LAG_SECONDS = 0.5


@dataclass(frozen=True)
class CustomerFigures:
    """As `CallFigures`."""

    whose: tuple[str, ...]
    calls: Counter
    seconds: Histogram
    running: Gauge
    emergencies: Counter

    def begun(self, *, is_emergency: bool) -> None:
        self.running.inc()
        if is_emergency:
            self.emergencies.inc()

    def ended(self, tool: str, outcome: str, seconds: float) -> None:
        self.running.dec()
        self.calls.labels(*self.whose, tool, outcome).inc()
        self.seconds.labels(*self.whose, tool).observe(seconds)


class PrometheusFigures:
    """Raises ConfigurationError where the library is not installed."""

    def __init__(self, callers: Mapping[str, Callable[[], int]]) -> None:
        """By customer: counts the callers whose servers are open. One customer alone is not named."""
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        except ImportError:
            raise ConfigurationError(
                "http.metrics is set, and the library for it is not installed",
                advice="Install filemaker-mcp[metrics].",
            ) from None
        self.registry = CollectorRegistry()
        self._whose = ["customer"] if len(callers) > 1 else []
        self._calls = Counter(
            "fm_calls", "Calls of tools", [*self._whose, "tool", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "fm_call_seconds", "Seconds of a call", [*self._whose, "tool"], registry=self.registry
        )
        self._running = Gauge("fm_calls_in_progress", "Calls under way", self._whose, registry=self.registry)
        self._emergencies = Counter(
            "fm_emergency_calls", "Calls by keys for an emergency", self._whose, registry=self.registry
        )
        self._lag = Gauge("fm_loop_lag_seconds", "How late the event loop was last", registry=self.registry)
        open_callers = Gauge(
            "fm_open_callers", "Callers with a server open", self._whose, registry=self.registry
        )
        for customer, count in callers.items():
            (open_callers.labels(customer) if self._whose else open_callers).set_function(count)

    def of(self, customer: str) -> CustomerFigures:
        """Where the calls of one customer are counted."""
        whose = (customer,) if self._whose else ()
        running = self._running.labels(*whose) if whose else self._running
        emergencies = self._emergencies.labels(*whose) if whose else self._emergencies
        return CustomerFigures(whose, self._calls, self._seconds, running, emergencies)

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
