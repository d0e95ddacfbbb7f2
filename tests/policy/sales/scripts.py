"""The scripts of the solution, which do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def nothing(script: ScriptContext) -> str:
    return "done"
