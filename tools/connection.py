"""Whether the database can be reached, and if not, at which stage and what to do."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ._call import Answer, Call

DAYS = 7


async def check_connection(
    call: Call,
    data_sources: Annotated[bool, Field(description="Also touch a layout of each external file")] = False,
) -> Answer:
    """Check that FileMaker can be reached and signed in to. Goes through the stages of connecting and says which one fails and what to do; tells usage."""
    stages = [stage async for stage in call.workspace.diagnosis().stages(data_sources=data_sources)]
    connected = not any(stage.failed for stage in stages)
    answer: Answer = {
        "database": call.database.name,
        "connected": connected,
        "stages": [stage.facts() for stage in stages],
    }
    if connected and call.database.map is not None:
        from ..server.solution_map.account_rights import account_rights

        answer |= account_rights(call.database.map, await call.database.layouts())
    return answer | await _used(call)


async def _used(call: Call) -> Answer:
    """Today by tool, and the days before in total. Where records out of scope come and are passed over here, how much came would
    tell how many they are."""
    from ..server.local.usage import megabytes
    from ..server.policy import is_ever_checked_here

    shown = 2 if is_ever_checked_here(call.database.policy) else 4
    columns = ["", "calls", "requests", "received"][:shown]
    usage = call.workspace.usage
    today = [
        [tool, used.calls, used.requests, megabytes(used.received)][:shown]
        for tool, used in (await usage.by_tool()).items()
    ]
    days = [
        [day, used.calls, used.requests, megabytes(used.received)][:shown]
        for day, used in (await usage.by_day(DAYS)).items()
    ]
    if shown == 2:  # their order is that of what came
        today.sort()
    answer: Answer = {"used": {"columns": columns, "today": today, "days": days}}
    year = call.workspace.licence_year
    if shown == 4 and year is not None:
        answer |= {"licence_year": await usage.of_year(year)}
    return answer
