"""An assistant in front of an emulated host, for tests: a real MCP client, the real tools, the real HTTP client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import httpx
from mcp import Client
from mcp.client.session import ElicitationFnT
from mcp_types import CallToolResult, TextContent

from filemaker_mcp.server.app.app import Application, build
from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed
from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator

from .host_of import host_of
from .postgres import stored

Mode = Literal["auto", "legacy"]
SAMPLE = {
    "FILEMAKER_HOST": "http://127.0.0.1",
    "FILEMAKER_DATABASE": FILE,
    "FILEMAKER_USERNAME": ACCOUNT,
    "FILEMAKER_PASSWORD": PASSWORD,
}
LASTING = ("summarize_records", "export_records")
NOT_DONE = ("refused", "unknown")


@dataclass(frozen=True)
class Assistant:
    """What a model can do, and what stands behind it."""

    client: Client
    emulator: Emulator
    application: Application

    async def call(self, tool: str, **arguments: object) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def ask(self, tool: str, **arguments: object) -> dict[str, Any]:
        """The facts of an answer; fails with the text of a refusal. A reading that outlasts its call is waited for."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, said(result)
        facts = cast("dict[str, Any]", result.structured_content)
        while tool in LASTING and facts.get("state") == "running":
            facts = await self.ask("check_job", job=facts["job"], wait=50)
        return facts

    async def carried_out(self, change_id: str, **arguments: object) -> dict[str, Any]:
        """What became of a plan at last, also where the work outlasts its call on a busy machine."""
        facts = await self.ask("apply_change", change_id=change_id, **arguments)
        while facts["state"] == "running":
            facts = await self.ask("check_job", job=facts["job"], wait=50)
        return facts

    async def refused(self, tool: str, **arguments: object) -> str:
        """The text of a refusal; fails when there was an answer. Work that outlasts its call is waited for."""
        result = await self.call(tool, **arguments)
        while (facts := result.structured_content) and facts.get("state") == "running":
            result = await self.call("check_job", job=facts["job"], wait=50)
        if facts and facts.get("state") in NOT_DONE:  # a job tells how its work ended, and is no error itself
            return str(facts["said"])
        assert result.is_error, result.structured_content
        return said(result)


def said(result: CallToolResult) -> str:
    """The text of an answer."""
    return "".join(block.text for block in result.content if isinstance(block, TextContent))


@asynccontextmanager
async def assisted(
    environment: Mapping[str, str] | None = None,
    *,
    solutions: Sequence[Path] | None = None,
    emulator: Emulator | None = None,
    mode: Mode = "auto",
    settings: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    person: ElicitationFnT | None = None,
    open_browser: Callable[[str], bool] | None = None,
) -> AsyncGenerator[Assistant]:
    """An assistant on the sample solution, with everything allowed unless the environment or `settings` (as a file) say otherwise.

    `transport` stands between us and the emulator; `person` answers what the client is asked.
    """
    emulator = emulator or (Emulator(solutions) if solutions else host_of())
    tree = dict(settings or {})
    if len(tree.get("database", {})) < 2:  # of several databases, the settings say everything
        tree = overlaid(tree, stored(everything_allowed() | SAMPLE | dict(environment or {})))
    configured = settled(tree, None)
    transport = transport or httpx.ASGITransport(app=emulator.app)
    emulated = dict.fromkeys(configured.database, transport)
    application = build(configured, clock=clock, emulated=emulated, open_browser=open_browser)
    try:
        async with Client(application.server, mode=mode, elicitation_callback=person) as client:
            yield Assistant(client, emulator, application)
    finally:
        await application.close()
