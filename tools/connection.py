"""Whether the database can be reached, and if not, why."""

from __future__ import annotations

from ._call import Answer, Call


async def check_connection(call: Call) -> Answer:
    """Check that FileMaker can be reached and signed in to; says why not."""
    layouts = await call.database.layouts()
    return {"database": call.database.name, "connected": True, "layouts": len(layouts)}
