"""The test host: the product over HTTP, and beside it pages that show its views as a strict client would, in one browser."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ..approval.browser import SETTINGS, chromium
from ..assistant import Assistant, assisted

FOLDER = Path(__file__).parent / "host"
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:; connect-src 'none'"
)
"""What a host sets where a view asks for nothing (MCP Apps 2026-01-26, Content Security Policy)."""

Era = Literal["legacy", "modern"]


class QuietServer(uvicorn.Server):
    def capture_signals(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncGenerator[str]:
    """The origin at which an application answers until the end."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(
        uvicorn.Config(app, lifespan="off", log_level="critical", ws="none", access_log=False)
    )
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listening.close()


async def _sandbox(request: Request) -> FileResponse:
    return FileResponse(FOLDER / "sandbox.html", headers={"Content-Security-Policy": POLICY})


async def _file(request: Request) -> FileResponse:
    return FileResponse(FOLDER / (request.path_params.get("name") or "host.html"))


@dataclass
class ViewHost:
    """One browser and one server, for all tests of a module."""

    assistant: Assistant
    origin: str
    sandbox: str
    browser: Browser
    stack: AsyncExitStack = field(repr=False)

    async def client(self, era: Era = "modern", **context: Any) -> Client:
        """A page with a client that is connected."""
        looks: dict[str, Any] = {"viewport": {"width": 760, "height": 900}, **context}
        opened = await self.browser.new_context(**looks)
        opened.set_default_timeout(120_000)
        page = await opened.new_page()
        client = Client(opened, page, self.sandbox)
        page.on("console", client.heard)
        page.on("pageerror", lambda error: client.complaints.append(str(error)))
        page.on("request", lambda request: client.requests.append(request.url))
        await page.goto(f"{self.origin}/")
        await page.wait_for_function("window.testHost")
        client.connected = await page.evaluate(
            "([url, era]) => testHost.connect(url, era)", [f"{self.origin}/mcp", era]
        )
        return client


@dataclass
class Client:
    context: BrowserContext
    page: Page
    sandbox: str
    connected: dict[str, Any] = field(default_factory=dict[str, Any])
    complaints: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    @property
    def view(self) -> FrameLocator:
        return self.page.frame_locator("iframe").frame_locator("iframe")

    async def show(self, tool: str, arguments: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Shows the answer of a tool; what the host was told of the view."""
        words = "([url, tool, args, options]) => testHost.show(url, tool, args, options)"
        return await self.page.evaluate(words, [self.sandbox, tool, dict(arguments), options])

    async def notes(self) -> dict[str, Any]:
        return await self.page.evaluate("testHost.notes")

    async def close(self) -> None:
        await self.context.close()


@asynccontextmanager
async def view_host(**assistant: Any) -> AsyncGenerator[ViewHost]:
    async with AsyncExitStack() as stack:
        serving = await stack.enter_async_context(assisted(**assistant))
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=False  # the test host is at a port that is not known before
        )
        mcp = serving.application.server.streamable_http_app(stateless_http=True, transport_security=security)
        await stack.enter_async_context(mcp.router.lifespan_context(mcp))
        host = Starlette(routes=[*mcp.routes, Route("/", _file), Route("/{name}", _file)])
        origin = await stack.enter_async_context(served(host))
        sandbox = await stack.enter_async_context(served(Starlette(routes=[Route("/", _sandbox)])))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium(), args=SETTINGS)
        stack.push_async_callback(browser.close)
        yield ViewHost(serving, origin, sandbox + "/", browser, stack)
