"""The protocol's official conformance suite against our own server over HTTP, in both eras.

Without the suite's own tools, what they are needed for is left out by name. `python tests/clients/conformance.py`; ends with
status 1 when a scenario fails.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send
from workshop import Workshop, prepare

from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.app.sample_server import demo_settings
from filemaker_mcp.server.http.web_server import Listening, web_server
from filemaker_mcp.server.local.places import bearer_file

SECONDS = 60
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


def judged(workshop: Workshop, url: str, revision: str, scenario: str) -> str:
    """What the suite found wrong; nothing where all passed."""
    suite = workshop.folder / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    command = [str(workshop.node), str(suite), "server", "--url", url, "--scenario", scenario]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [*command, "--spec-version", revision, "-o", folder],
                check=False,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"no end after {SECONDS} s"
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-2_000:]


async def run(workshop: Workshop) -> int:
    failed = 0
    async with served() as url:
        for revision, scenarios in SCENARIOS.items():
            for scenario in scenarios:
                wrong = await asyncio.to_thread(judged, workshop, url, revision, scenario)
                failed += bool(wrong)
                sys.stdout.write(f"{'FAILED' if wrong else 'ok'} {revision} {scenario}\n{wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / ".clients"
    sys.exit(asyncio.run(run(prepare(folder))))
