"""Keys of agents, made beside a server as `filemaker-mcp key add` makes them."""

from __future__ import annotations

from filemaker_mcp.server.app.http.caller_servers import CallerServers
from filemaker_mcp.server.callers.caller_keys import CallerKeys


def agent_keys(servers: CallerServers) -> CallerKeys:
    return CallerKeys(lambda: servers.state, lambda: servers.seal)
