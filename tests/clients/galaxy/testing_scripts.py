"""What the e2e suite of @proofgeist/fmdapi has its script do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def script(context: ScriptContext) -> str:
    del context
    return "result"
