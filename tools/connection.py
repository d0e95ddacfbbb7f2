"""Whether the database can be reached, and if not, at which stage and what to do."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ._call import Answer, Call


async def check_connection(
    call: Call,
    data_sources: Annotated[bool, Field(description="Also touch a layout of each external file")] = False,
) -> Answer:
    """Check that FileMaker can be reached and signed in to. Goes through the stages of connecting and says which one fails and what to do."""
    stages = [stage async for stage in call.workspace.diagnosis().stages(data_sources=data_sources)]
    connected = not any(stage.failed for stage in stages)
    return {
        "database": call.database.name,
        "connected": connected,
        "stages": [stage.facts() for stage in stages],
    }
