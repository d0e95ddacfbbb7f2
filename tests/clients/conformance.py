"""The protocol's official conformance suite against our own server over HTTP, in both eras.

As it is, without the suite's own tools, by the scenarios that need none; then in a test build that has them, by all that the suite
scores for a revision. `python tests/clients/conformance.py`; ends with status 1 when a scenario fails.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fixtures import ServerWithFixtures
from starlette.types import ASGIApp, Receive, Scope, Send
from workshop import Workshop, prepare

from filemaker_mcp.server.app import mcp_server
from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.app.sample_server import demo_settings
from filemaker_mcp.server.http.web_server import Listening, web_server
from filemaker_mcp.server.local.places import bearer_file

SECONDS = 180
SCENARIOS = {
    "2025-11-25": (
        "server-initialize",
        "ping",
        "tools-list",
        "resources-list",
        "prompts-list",
        "completion-complete",
        "dns-rebinding-protection",
        "server-sse-multiple-streams",
    ),
    "2026-07-28": (
        "tools-list",
        "resources-list",
        "prompts-list",
        "completion-complete",
        "dns-rebinding-protection",
        "caching",
        "http-header-validation",
        "sep-2164-resource-not-found",
        "server-sse-multiple-streams",
        "input-required-result-unsupported-methods",
        "input-required-result-ignore-extra-params",
    ),
}
"""All that need no tool of the suite's own, by the revision of the protocol."""


class LetIn:
    """The suite has no way to send a token: this adds the bearer of this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._header = (b"authorization", b"Bearer " + bearer_file().read_bytes().strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], self._header]}
        await self._app(scope, receive, send)


@asynccontextmanager
async def served() -> AsyncGenerator[str]:
    """The sample solution; gives the address."""
    with demo_settings({}) as (settings, emulated):
        service = http_service(put_together(settings, emulated))
        listening = Listening("127.0.0.1", 0, 100)
        socket = listening.socket()
        server = web_server(LetIn(service.app), listening)
        serving = asyncio.create_task(server.serve([socket]))
        try:
            yield f"http://localhost:{socket.getsockname()[1]}{PATH}"
        finally:
            server.should_exit = True
            await serving


def judged(workshop: Workshop, url: str, *which: str) -> str:
    """What the suite found wrong; nothing where all passed."""
    suite = workshop.folder / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    command = [str(workshop.node), str(suite), "server", "--url", url, *which]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [*command, "-o", folder], check=False, capture_output=True, text=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return f"no end after {SECONDS} s\n"
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-6_000:]


async def tried(workshop: Workshop, url: str, name: str, *which: str) -> int:
    """How many failed."""
    wrong = await asyncio.to_thread(judged, workshop, url, *which)
    sys.stdout.write(f"{'FAILED' if wrong else 'ok'} {name}\n{wrong}")
    sys.stdout.flush()
    return int(bool(wrong))


async def run(workshop: Workshop) -> int:
    failed = 0
    async with served() as url:
        for revision, scenarios in SCENARIOS.items():
            for scenario in scenarios:
                which = ("--scenario", scenario, "--spec-version", revision)
                failed += await tried(workshop, url, f"{revision} {scenario}", *which)
    assert issubclass(ServerWithFixtures, mcp_server.FilemakerServer)  # what is put in its place is there
    mcp_server.FilemakerServer = ServerWithFixtures  # type: ignore[misc] -- the test build
    async with served() as url:
        for revision in SCENARIOS:
            name = f"{revision}, everything that is scored, with the suite's own tools"
            failed += await tried(workshop, url, name, "--requirements", revision)
    return 1 if failed else 0


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / ".clients"
    sys.exit(asyncio.run(run(prepare(folder))))
