"""What the live suite of fmdata has its scripts do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def return_input(context: ScriptContext) -> str:
    return f"OK{context.parameter}"


def add_to_score(context: ScriptContext) -> str:
    for _ in context.each_record():
        context.set("Score", context.number("Score") + int(context.parameter))
    return f"OK{context.parameter}"
