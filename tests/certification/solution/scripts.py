"""The two scripts that `certify` can be given. In FileMaker each is a few steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def echo(script: ScriptContext) -> str:
    """Exit Script [ Get ( ScriptParameter ) ]"""
    return script.parameter


async def hold(script: ScriptContext) -> None:
    """Go to the record with the id of the parameter, Set Field, Pause [ 5 seconds ], Revert Record"""
    script.show_all()
    for _ in script.each_record():
        if str(script.record_id) == script.parameter:
            script.set("Canary Text", "held")
            await script.sleep(5)
            script.revert()
            return
