"""The shop's scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


async def linger(context: ScriptContext) -> None:
    await context.sleep(600)
    context.exit("done")
