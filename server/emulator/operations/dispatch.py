"""From a request to its answer: route, checks, session, turn, operation, log."""

from __future__ import annotations

import asyncio
import re

from ..host import Host
from ..http.envelope import Answer, failure, page, success
from ..http.request import BadPath, Request
from ..http.request_log import Served
from ..http.routes import Operation, Route, find_route, unknown_route
from ..refusal import Refusal, parameter_refusal
from . import host_operations, metadata
from . import read_operations as reading
from . import upload as uploading
from . import write_operations as changing
from .call import Call
from .handler import Handler, RequestContext

HANDLERS: dict[str, Handler] = {
    "layouts": metadata.layouts,
    "scripts": metadata.scripts,
    "layout": metadata.layout,
    "old_metadata": metadata.old_metadata,
    "create": changing.create,
    "read_range": reading.get_range,
    "read_one": reading.get_one,
    "edit": changing.edit,
    "duplicate": changing.duplicate,
    "delete": changing.delete,
    "find": reading.find,
    "run_script": changing.run_script,
    "globals": changing.set_globals,
    "upload": uploading.upload,
}

_TOKEN_IN_PATH = re.compile(r"(/sessions/[^/]{4})[^/]+")


class Dispatcher:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._running: set[asyncio.Task[Answer]] = set()

    async def answer(self, request: Request) -> Answer:
        """The answer to a Data API request, always. A fault of this program is 951 in FileMaker's envelope."""
        account: list[str] = []
        try:
            answer = await self._routed(request, account)
        except Refusal as refusal:
            answer = failure(refusal)
        except BadPath as refusal:
            answer = page(refusal.status, f"<html><body><h1>{refusal.status}</h1></body></html>")
        except Exception as problem:  # noqa: BLE001 - a client must never see anything but FileMaker's envelope
            self._host.log.note_fault(problem)
            answer = failure(Refusal(951))
        self._log(request, answer, account)
        return self._counted(answer)

    def _counted(self, answer: Answer) -> Answer:
        self._host.sent_bytes += len(answer.body)
        return answer

    def _log(self, request: Request, answer: Answer, account: list[str]) -> None:
        path = _TOKEN_IN_PATH.sub(r"\1...", request.path)
        who = account[0] if account else ""
        served = Served(request.method, path, who, answer.code, answer.status, len(answer.body))
        self._host.log.add(self._host.clock.now().astimezone(self._host.zone), request.client, served)

    async def _routed(self, request: Request, account: list[str]) -> Answer:
        route = find_route(request.method, request.segments(), self._host.profile)
        if route is None:
            return unknown_route(request.method, request.path)
        _check_content_type(request, route.operation, self._host)
        exchange = RequestContext(request, self._host, route.names, route.version, account)
        match route.operation.name:
            case "product_info":
                return host_operations.product_info(exchange)
            case "databases":
                return host_operations.databases(exchange)
            case "login":
                return host_operations.log_in(exchange)
            case "logout":
                return host_operations.log_out(exchange)
            case "validate_session":
                return host_operations.validate_session(exchange, _bearer(request))
            case _:
                return await self._in_session(exchange, route)

    async def _in_session(self, exchange: RequestContext, route: Route) -> Answer:
        token = _bearer(exchange.request)
        run = HANDLERS[route.operation.name](exchange)
        host = self._host
        session = host.sessions.require(token, route.names["database"])
        if host.switches.data_limit and host.sent_bytes >= host.switches.data_limit:
            raise Refusal(953)
        exchange.noted.append(session.account)
        session.running += 1

        async def perform() -> Answer:
            try:
                async with session.turn:
                    await host.long_work.quiet()
                    if session.ended:
                        raise Refusal(952)
                    call = Call(host, exchange.request, route.version, session, host.scene(session))
                    response = await run(call)
                    if session.ended:
                        raise Refusal(112)  # cut while the call was running (section 4.6 [U])
                    return success(response)
            finally:
                session.running -= 1
                session.last_used = host.clock.now()
                host.locks.release_all(session.token)

        # A client that hangs up does not stop what FileMaker has begun.
        task = asyncio.create_task(perform())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # asked for, since the client that would ask has hung up

    async def stop(self) -> None:
        """Break off what is still running."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def _bearer(request: Request) -> str:
    authorization = request.headers.get("authorization")
    if authorization is None:
        message = "Request validation failed: Parameter (Authorization) is required"
        raise Refusal(10, message, status=400)
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer":
        raise Refusal(952)
    return token.strip()


def _check_content_type(request: Request, operation: Operation, host: Host) -> None:
    """415 for a missing or other type. Clients that send no body at all may leave it out (sections 2.2 and 22)."""
    if operation.body == "none":
        return
    wanted = "application/json" if operation.body == "json" else "multipart/form-data"
    given = request.headers.get("content-type", "")
    lenient = operation.body == "json" and not request.body and not given
    if operation.name in {"login", "duplicate"} and lenient:
        return
    if request.content_type != wanted or (host.switches.reject_charset and "charset" in given.lower()):
        raise parameter_refusal(Refusal(1705).message, 1705, 415)
