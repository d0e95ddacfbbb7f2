"""The club's scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def echo(context: ScriptContext) -> None:
    context.exit(context.parameter)


def raise_score(context: ScriptContext) -> None:
    context.find({"id": f"=={context.parameter}"})
    context.set("Score", context.number("Score") + 1)
    context.commit()
