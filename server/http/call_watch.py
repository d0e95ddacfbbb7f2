"""What is told of each call: one JSON object in the log, and figures for Prometheus. Never arguments, contents, or who in words."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

log = logging.getLogger("filemaker_mcp.calls")

OTHER = "other"
"""Stands for every tool that is none of ours: a client may name what it likes."""


class CallFigures(Protocol):
    """Where calls are counted."""

    def begun(self) -> None: ...

    def ended(self, tool: str, outcome: str, seconds: float) -> None: ...


class NoFigures:
    def begun(self) -> None:
        pass

    def ended(self, tool: str, outcome: str, seconds: float) -> None:
        pass


class CallWatch:
    """Around the messages of one caller's server. `caller` is told as a keyed digest that changes with the process."""

    def __init__(self, caller: str, key: bytes, tools: Collection[str], figures: CallFigures) -> None:
        self._caller = hmac.new(key, caller.encode(), hashlib.sha256).hexdigest()[:16]
        self._tools = tools
        self._figures = figures

    async def __call__(self, ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        """As the SDK calls what stands around its messages."""
        if ctx.method != "tools/call":
            return await call_next(ctx)
        given: Mapping[str, object] = ctx.params or {}
        named = given.get("name")
        tool = named if isinstance(named, str) and named in self._tools else OTHER
        begun = time.perf_counter()
        self._figures.begun()
        outcome = "broken_off"
        try:
            result = await call_next(ctx)
            outcome = "refused" if _is_error(result) else "answered"
            return result
        finally:
            seconds = time.perf_counter() - begun
            self._figures.ended(tool, outcome, seconds)
            facts = {"caller": self._caller, "tool": tool, "outcome": outcome, "seconds": round(seconds, 4)}
            log.info("call", extra={"facts": facts})


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
