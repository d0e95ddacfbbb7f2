"""What is told of each call: one JSON object in the log, figures for Prometheus, and a span of OpenTelemetry where the owner has set
it up. Never arguments, contents, or who in words."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from mcp.server._otel import OpenTelemetryMiddleware
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from opentelemetry.trace import Link, SpanKind, StatusCode, Tracer, get_current_span

from .customer_name import served

log = logging.getLogger("filemaker_mcp.calls")

OTHER = "other"
"""Stands for every tool that is none of ours: a client may name what it likes."""


class CallFigures(Protocol):
    """Where calls are counted."""

    def begun(self, *, is_emergency: bool) -> None: ...

    def ended(self, tool: str, outcome: str, seconds: float) -> None: ...


class NoFigures:
    def begun(self, *, is_emergency: bool) -> None:
        pass

    def ended(self, tool: str, outcome: str, seconds: float) -> None:
        pass


class CallWatch:
    """Around the messages of one caller's server. `caller` is told as a keyed digest that changes with the process."""

    def __init__(
        self,
        caller: str,
        key: bytes,
        tools: Collection[str],
        figures: CallFigures,
        tracer: Tracer,
        *,
        is_emergency: bool,
    ) -> None:
        """`is_emergency`: who calls came with a key for an emergency."""
        self._caller = hmac.new(key, caller.encode(), hashlib.sha256).hexdigest()[:16]
        self._tools = tools
        self._figures = figures
        self._tracer = tracer
        self._is_emergency = is_emergency

    def put_around(self, middleware: list[Any]) -> None:
        """In place of the SDK's own span, which has the name that a client gives a tool, the client's span as its parent, and the
        text of errors."""
        middleware[:] = [each for each in middleware if not isinstance(each, OpenTelemetryMiddleware)]
        middleware.append(self)

    async def __call__(self, ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        """As the SDK calls what stands around its messages."""
        if ctx.method != "tools/call":
            return await call_next(ctx)
        given: Mapping[str, object] = ctx.params or {}
        named = given.get("name")
        tool = named if isinstance(named, str) and named in self._tools else OTHER
        begun = time.perf_counter()
        self._figures.begun(is_emergency=self._is_emergency)
        outcome = "broken_off"
        with self._tracer.start_as_current_span(
            f"tools/call {tool}", Context(), SpanKind.SERVER, {"mcp.tool": tool, "mcp.caller": self._caller},
            links=_links(ctx.meta), record_exception=False, set_status_on_exception=False,
        ) as span:  # fmt: skip
            try:
                result = await call_next(ctx)
                outcome = "refused" if _is_error(result) else "answered"
                return result
            finally:
                seconds = time.perf_counter() - begun
                self._figures.ended(tool, outcome, seconds)
                span.set_attribute("mcp.outcome", outcome)
                if outcome != "answered":
                    span.set_status(StatusCode.ERROR)
                facts: dict[str, object] = {
                    "caller": self._caller,
                    "tool": tool,
                    "outcome": outcome,
                    "seconds": round(seconds, 4),
                }
                if self._is_emergency:
                    facts["emergency"] = True
                log.info("call", extra={"facts": facts})


def _links(meta: Mapping[str, Any] | None) -> Sequence[Link]:
    """What a client says of its own span is a link: a stranger does not decide what ours belong to, nor whether they are kept."""
    try:
        theirs = get_current_span(extract(meta or {}, Context())).get_span_context()
    except (ValueError, TypeError):
        return ()
    return (Link(theirs),) if theirs.is_valid else ()


def _is_error(result: object) -> bool:
    if isinstance(result, dict):
        return bool(result.get("isError") or result.get("is_error"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- as the SDK has it
    return bool(getattr(result, "is_error", False))


class JsonLines(logging.Formatter):
    """One object a line. What a text holds cannot begin another line, and a traceback is never in it."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            **({"customer": served()} if served() else {}),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        return json.dumps(facts, ensure_ascii=True, default=str)


def log_json_lines() -> None:
    """All that is logged in this process, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.getLogger().handlers[:] = [handler]
    log.setLevel(logging.INFO)
    for name in ("filemaker_mcp.journal", "filemaker_mcp.service"):
        logging.getLogger(name).setLevel(logging.INFO)
