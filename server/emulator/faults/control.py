"""A control endpoint for tests that are not Python, or in another process. Off unless somebody puts it in place.

GET, POST and DELETE `/_emulator/faults`; POST `/_emulator/act`. Programs of this machine can use it, web pages cannot.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..refusal import Refusal
from .gate import Gate, NotAdmitted
from .layer import Fault, FaultLayer
from .words import Actions, NotUnderstood, read_action, read_effects, read_match

PREFIX = "/_emulator/"


class Control:
    """An ASGI application around a fault layer. Its own paths are never struck."""

    def __init__(self, faults: FaultLayer, actions: Actions | None = None, gate: Gate | None = None) -> None:
        self._faults = faults
        self._actions = actions or {}
        self._gate = gate or Gate()
        self._own = Starlette(
            routes=[
                Route(f"{PREFIX}faults", self._guarded(self._list), methods=["GET"]),
                Route(f"{PREFIX}faults", self._guarded(self._arm), methods=["POST"]),
                Route(f"{PREFIX}faults", self._guarded(self._clear), methods=["DELETE"]),
                Route(f"{PREFIX}act", self._guarded(self._act), methods=["POST"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_own = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._own if is_own else self._faults)(scope, receive, send)

    def _guarded(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                self._gate.admit(request)
                return await handler(request)
            except NotAdmitted as error:
                return JSONResponse({"error": str(error)}, error.status)
            except NotUnderstood as error:
                return JSONResponse({"error": str(error)}, 400)

        return guarded

    async def _list(self, _: Request) -> Response:
        return JSONResponse({"faults": [_shown(fault) for fault in self._faults.faults]})

    async def _arm(self, request: Request) -> Response:
        words = await self._words(request)
        effects = read_effects(words.pop("effects", None), self._actions)
        fault = self._faults.arm(read_match(words), *effects)
        return JSONResponse(_shown(fault), 201)

    async def _clear(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _act(self, request: Request) -> Response:
        action = read_action(await self._words(request), self._actions)
        try:
            result = action()
            if inspect.isawaitable(result):
                result = await result
        except (ArithmeticError, LookupError, Refusal, TypeError, ValueError) as error:
            raise NotUnderstood(str(error)) from error
        return JSONResponse({"result": result})

    async def _words(self, request: Request) -> dict[str, Any]:
        try:
            words: Any = json.loads(await self._gate.body(request), parse_constant=_no_number)
            json.dumps(words, ensure_ascii=False).encode()  # half a surrogate pair is no character
        except (ValueError, RecursionError):
            words = None
        if not isinstance(words, dict):
            raise NotUnderstood("The body is not a JSON object.")
        return cast("dict[str, Any]", words)


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _shown(fault: Fault) -> dict[str, Any]:
    effects = [type(effect).__name__ for effect in fault.effects]
    return {**asdict(fault.match), "effects": effects, "seen": fault.seen, "struck": fault.struck}
