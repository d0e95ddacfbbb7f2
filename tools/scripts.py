"""Scripts that the owner allows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..server.dataapi.models import ScriptCall
from ..server.errors import NameUnknown
from ..server.names import near
from ._call import Answer, Call
from ._parameters import Layout


async def list_scripts(call: Call) -> Answer:
    """List the FileMaker scripts that may be run."""
    scripts = await call.database.scripts()
    return {
        "scripts": [{"name": s.name} | ({"folder": "/".join(s.folder)} if s.folder else {}) for s in scripts]
    }


async def run_script(
    call: Call,
    script: Annotated[str, Field(description="As list_scripts gives it")],
    layout: Layout,
    parameter: Annotated[str | None, Field(description="Text that the script receives")] = None,
) -> Answer:
    """Run a FileMaker script once and return its result."""
    names = [item.name for item in await call.database.scripts()]
    if script not in names:
        raise NameUnknown("script", script, near=near(script, names), advice="list_scripts shows all.")
    outcome = await call.database.run_script(layout, ScriptCall(script, parameter))
    answer: Answer = {"state": "done", "script": script}
    if outcome.error:
        answer["script_error"] = outcome.error
    if outcome.result is not None:
        answer["result"] = outcome.result
    return answer
