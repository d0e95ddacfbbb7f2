"""The least of a FileMaker host that a session pool needs, with its log in the open and its mood in the test's hands."""

from __future__ import annotations

import base64
import json

import anyio
import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from filemaker_mcp.server.emulator.clock import ManualClock as EmulatorClock

from ..jobs.shared_clock import THREADS


class ManualClock:
    """Stands still until a test moves it; whoever sleeps moves it too."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class EmulatedTime:
    """The client's clock on top of an emulator's, so that both move together; `offset` makes this machine's wrong."""

    def __init__(self, clock: EmulatorClock) -> None:
        self._clock = clock
        self.offset = 0.0

    def monotonic(self) -> float:
        return self._clock.now().timestamp()

    def wall(self) -> float:
        return self._clock.now().timestamp() + self.offset

    async def sleep(self, seconds: float) -> None:
        """What others can do without time passing comes first, in threads too: the state file has one of its own."""
        await anyio.wait_all_tasks_blocked()
        while THREADS.at_work:
            await anyio.sleep(0.001)
            await anyio.wait_all_tasks_blocked()
        self._clock.advance(seconds)


class Internet:
    """Host names and who answers behind them; nobody else can be reached."""

    def __init__(self, **hosts: ASGIApp) -> None:
        self.hosts: dict[str, ASGIApp] = {
            name.replace("__", "-").replace("_", "."): app for name, app in hosts.items()
        }
        self.asked: list[str] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["server"][0]
        self.asked.append(name)
        if name not in self.hosts:
            raise httpx.ConnectError("")
        await self.hosts[name](scope, receive, send)


class FakeHost:
    """Answers log-in, log-out and one call; `open` holds the sessions, `calls` what happened in order."""

    def __init__(self, password: str = "right") -> None:
        self.authorization = "Basic " + base64.b64encode(f"api:{password}".encode()).decode()
        self.open: set[str] = set()
        self.calls: list[str] = []
        self.bodies: list[bytes] = []
        self.given_out = 0
        self.room = 100
        self.refuses_all_tokens = False
        self.hold: anyio.Event | None = None
        self.reached = anyio.Event()
        self.answer: tuple[int, str, bytes] | None = None
        self.logins: list[bytes] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self))

    def count(self, what: str) -> int:
        return self.calls.count(what)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        status, text, token = await self.respond(scope["method"], scope["path"], headers, body)
        extra = [(b"x-fm-data-access-token", token.encode())] if token else []
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json"), *extra],
            }
        )
        await send({"type": "http.response.body", "body": text})

    async def respond(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, str]:
        if method == "POST" and path.endswith("/sessions"):
            self.logins.append(body)
            return await self.log_in(headers)
        if method == "DELETE" and "/sessions/" in path:
            self.calls.append("log out")
            known = path.rpartition("/")[2] in self.open
            self.open.discard(path.rpartition("/")[2])
            return (200, envelope(0), "") if known else (401, envelope(952), "")
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.open or self.refuses_all_tokens:
            self.calls.append("refuse")
            return 401, envelope(952), ""
        self.calls.append("call")
        self.bodies.append(body)
        if self.hold is not None and path.endswith("/held"):
            self.reached.set()
            await self.hold.wait()
        if self.answer is not None:
            status, _, text = self.answer
            return status, text, ""
        return 200, envelope(0), ""

    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == self.authorization

    async def log_in(self, headers: dict[str, str]) -> tuple[int, bytes, str]:
        self.calls.append("log in")
        if self.hold is not None:
            self.reached.set()
            await self.hold.wait()
        if not self.admits(headers):
            return 401, envelope(212), ""
        if len(self.open) >= self.room:
            return 500, envelope(812), ""
        self.given_out += 1
        token = f"token{self.given_out:02}"
        self.open.add(token)
        return 200, envelope(0, {"token": token}), token


def envelope(code: int, response: dict[str, object] | None = None) -> bytes:
    body = {"response": response or {}, "messages": [{"code": str(code), "message": "as told"}]}
    return json.dumps(body).encode()
