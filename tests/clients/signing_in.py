"""Other people's clients sign in by browser at our server, whose people are npm's `oidc-provider`'s: a headless Chromium presses the
buttons.

`PYTHONPATH=. python tests/clients/signing_in.py [client ...]`; ends with status 1 when a step failed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, async_playwright
from workshop import Workshop, prepare

from tests.approval.browser import chromium
from tests.authorization.served import served

ROOT = Path(__file__).parents[2]
SECONDS = 120
CLIENT, SECRET = "fm-server", "a secret: with a colon"
OWN = [
    {"id": "desk", "name": "Desk", "redirects": ["http://localhost/callback"]},
    {"id": "remote", "name": "mcp-remote", "redirects": ["http://localhost/oauth/callback"]},
    {"id": "inspector", "name": "Inspector", "redirects": ["http://127.0.0.1/oauth/callback"]},
]


@dataclass(frozen=True)
class Office:
    """Our server, the provider behind it, and a person's browser."""

    workshop: Workshop
    server: str
    provider: str
    page: Page
    folder: Path

    @asynccontextmanager
    async def program(self, *command: str, **settings: str) -> AsyncGenerator[Process]:
        environment = {**os.environ, "NODE_NO_WARNINGS": "1", **settings}
        process = await asyncio.create_subprocess_exec(
            str(self.workshop.node), *command, cwd=self.workshop.folder, env=environment,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=2**24,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()

    async def sign_in(self, address: str, name: str = "ada") -> None:
        """What a person does at the address: agrees, and says at the company's provider who they are."""
        await self.page.goto(address)
        await self.agree(name)

    async def agree(self, name: str = "ada") -> None:
        """From our page on which they see who asks, and give more than that: most programs ask for reading alone."""
        await self.page.get_by_label("Plan and make changes to records").check()
        await self.page.get_by_role("button", name="Go on and sign in").click()
        await self.page.wait_for_url(lambda url: "/interaction/" in url or "/callback" in url)
        while "/interaction/" in self.page.url:
            here = self.page.url
            if await self.page.locator("input[name=login]").count():
                await self.page.fill("input[name=login]", name)
                await self.page.fill("input[name=password]", "anything")
            await self.page.locator("button[type=submit]").click()
            await self.page.wait_for_url(lambda url, here=here: url != here)


Steps = list[tuple[str, bool]]


async def typescript(office: Office, package: str) -> Steps:
    steps: Steps = []
    named = {"SERVER": office.server, "CLIENT_ID": "desk", "PACKAGE": package}
    async with office.program("with_mcp_typescript.mjs", **named) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            kind, _, words = line.decode().strip().partition(" ")
            if kind == "open":
                await office.sign_in(words)
            elif kind in ("ok", "FAILED"):
                steps.append((words, kind == "ok"))
        assert process.stderr is not None
        problem = (await process.stderr.read()).decode()[-800:]
        ended = await process.wait() == 0
        return [*steps, (f"comes to its end {'' if ended else problem}".rstrip(), ended)]


async def mcp_remote(office: Office) -> Steps:
    """A local proxy for clients that speak stdio alone."""
    proxy = str(office.workshop.folder / "node_modules/mcp-remote/dist/proxy.js")
    command = [str(office.workshop.node), proxy, office.server, "--static-oauth-client-info", '{"client_id": "remote"}',
               "--auth-timeout", "60"]  # fmt: skip
    steps, environment = (
        Steps(),
        {**os.environ, "MCP_REMOTE_CONFIG_DIR": str(office.folder), "BROWSER": "none"},
    )
    reading, writing = os.pipe()
    said = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(said), os.fdopen(reading, "rb")
    )
    with os.fdopen(writing, "w", encoding="utf-8") as errors:
        parameters = StdioServerParameters(command=command[0], args=command[1:], env=environment)

        async def person() -> None:
            """Opens the address that it names, and reads on, so that it never waits for somebody to read."""
            async for line in said:
                if found := re.search(rf"{office.server[:-4]}/authorize\S+", line.decode()):
                    await office.sign_in(found[0])
                    steps.append(("is sent back with a code", "/oauth/callback" in office.page.url))

        signing_in = asyncio.create_task(person())
        async with Client(stdio_client(parameters, errlog=errors), mode="legacy") as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            steps.append(
                ("sees the tools of its rights", "edit_records" in names and "delete_records" not in names)
            )
            found = (
                await client.call_tool("find_records", {"layout": "Customers", "limit": 1})
            ).structured_content
            steps.append(("finds", found is not None and found["found"] > 1))
    await signing_in
    return steps


async def inspector(office: Office) -> Steps:
    """Its page in the browser, and its own process behind it."""
    servers = office.folder / "servers.json"
    entry = {"type": "streamable-http", "url": office.server, "oauth": {"clientId": "inspector"}}
    servers.write_text(json.dumps({"mcpServers": {"filemaker": entry}}), "utf-8")
    launcher = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    with create_server(("127.0.0.1", 0)) as socket:
        port = str(socket.getsockname()[1])
    settings = {"HOST": "127.0.0.1", "CLIENT_PORT": port, "MCP_AUTO_OPEN_ENABLED": "false", "HOME": str(office.folder),
                "MCP_INSPECTOR_SECRET_STORE": "memory"}  # fmt: skip
    async with office.program(launcher, "--web", "--config", str(servers), **settings) as process:
        assert process.stdout is not None
        while not (found := re.search(r"http://\S+", (await process.stdout.readline()).decode())):
            pass
        page, steps = office.page, Steps()
        await page.goto(found[0])
        await page.get_by_role("switch").first.click(force=True)
        await page.wait_for_url("**/authorize?*")
        await office.agree()
        await page.get_by_text("Authentication succeeded").wait_for()
        steps.append(("is let in", True))
        await page.get_by_text("Tools", exact=True).first.click()
        await page.get_by_text("list_layouts").first.click()
        steps.append(("sees the tools of its rights", not await page.get_by_text("delete_records").count()))
        await page.get_by_role("button", name="Execute Tool").click()
        await page.get_by_text("Customers").first.wait_for()
        steps.append(("calls one of them", True))
        return steps


CLIENTS: dict[str, Callable[[Office], Awaitable[Steps]]] = {
    "@modelcontextprotocol/client": lambda office: typescript(office, "@modelcontextprotocol/client"),
    "@modelcontextprotocol/sdk": lambda office: typescript(office, "@modelcontextprotocol/sdk"),
    "mcp-remote": mcp_remote,
    "@modelcontextprotocol/inspector": inspector,
}


@asynccontextmanager
async def office(workshop: Workshop, folder: Path) -> AsyncGenerator[Office]:
    with create_server(("127.0.0.1", 0)) as socket:
        port = str(socket.getsockname()[1])
    provider = f"http://localhost:{port}"
    (folder / "secret").write_text(SECRET, "utf-8")
    sign_in: dict[str, Any] = {
        "more_clients": OWN,
        "provider": {"issuer": provider, "client_id": CLIENT, "client_secret": {"file": str(folder / "secret")}},
    }  # fmt: skip
    callers = [{"match": {"issuer": provider, "claim": "groups", "has": "sales"}}]
    async with (
        served(folder, sign_in, callers=callers) as here,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"]) as browser,
    ):
        page = await browser.new_page()
        made = Office(workshop, f"{here.origin}/mcp", provider, page, folder)
        settings = {"PORT": port, "RETURN_TO": f"{here.origin}/sign-in/provider",
                    "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}  # fmt: skip
        async with made.program("oidc_provider.mjs", **settings) as process:
            assert process.stdout is not None
            while not (await process.stdout.readline()).startswith(b"ready"):
                pass
            yield made


async def run(workshop: Workshop, chosen: list[str]) -> int:
    failed = 0
    for name in chosen or CLIENTS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                async with asyncio.timeout(SECONDS), office(workshop, Path(folder)) as here:
                    steps = await CLIENTS[name](here)
            except (TimeoutError, PlaywrightError) as problem:
                steps = [(f"comes to its end: {type(problem).__name__} {problem}"[:600], False)]
        for what, good in steps:
            sys.stdout.write(f"{'ok' if good else 'FAILED'} {name}: {what}\n")
            failed += not good
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(prepare(ROOT / ".clients"), sys.argv[1:])))
