"""The shop's scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


async def count(context: ScriptContext) -> None:
    """Takes a parameter, and tells nothing of it."""
    context.exit("counted")
