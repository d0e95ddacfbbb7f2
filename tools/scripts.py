"""Scripts and runbooks that the owner allows."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ._call import Answer, Call
from .jobs import outlasting


async def list_scripts(call: Call) -> Answer:
    """List the scripts and runbooks that may be run: effect, parameter, layout."""
    return {"scripts": await call.scripting.listing()}


async def run_script(
    call: Call,
    script: Annotated[str, Field(description="Script or runbook, as list_scripts gives it")],
    parameter: Annotated[Any, Field(description="Text or JSON that the script receives")] = None,
    layout: Annotated[str | None, Field(description="Where it runs, if list_scripts does not say")] = None,
    repeat: Annotated[bool, Field(description="True only to run once more what ran just now")] = False,
) -> Answer:
    """Run a script. One that changes something is planned first; a long one goes on as a job."""
    task = await call.scripting.task(script, layout, parameter, call.caller)
    return await outlasting(call, task, repeat=repeat)
