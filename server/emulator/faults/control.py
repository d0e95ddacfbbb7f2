"""A control endpoint for tests that are not Python, or in another process. Off unless somebody puts it in place.

GET, POST and DELETE `/_emulator/faults`; POST `/_emulator/act`. Whoever can reach the host can use it: loopback only.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..refusal import Refusal
from .layer import Fault, FaultLayer
from .words import Actions, NotUnderstood, read_action, read_effects, read_match

PREFIX = "/_emulator/"


class Control:
    """An ASGI application around a fault layer; its own paths are never struck."""

    def __init__(self, faults: FaultLayer, actions: Actions | None = None) -> None:
        self._faults = faults
        self._actions = actions or {}
        self._own = Starlette(
            routes=[
                Route(f"{PREFIX}faults", self._list, methods=["GET"]),
                Route(f"{PREFIX}faults", self._arm, methods=["POST"]),
                Route(f"{PREFIX}faults", self._clear, methods=["DELETE"]),
                Route(f"{PREFIX}act", self._act, methods=["POST"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_own = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._own if is_own else self._faults)(scope, receive, send)

    async def _list(self, _: Request) -> Response:
        return JSONResponse({"faults": [_shown(fault) for fault in self._faults.faults]})

    async def _arm(self, request: Request) -> Response:
        try:
            words = await _words(request)
            effects = read_effects(words.pop("effects", None), self._actions)
            fault = self._faults.arm(read_match(words), *effects)
        except NotUnderstood as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(_shown(fault), 201)

    async def _clear(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _act(self, request: Request) -> Response:
        try:
            result = read_action(await _words(request), self._actions)()
            if inspect.isawaitable(result):
                result = await result
        except (LookupError, NotUnderstood, Refusal, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"result": result})


async def _words(request: Request) -> dict[str, Any]:
    try:
        words: Any = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        words = None
    if not isinstance(words, dict):
        raise NotUnderstood("The body is not a JSON object.")
    return cast("dict[str, Any]", words)


def _shown(fault: Fault) -> dict[str, Any]:
    effects = [type(effect).__name__ for effect in fault.effects]
    return {**asdict(fault.match), "effects": effects, "seen": fault.seen, "struck": fault.struck}
