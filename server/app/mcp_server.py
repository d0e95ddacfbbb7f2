"""The MCP server of one caller: the tools, prompts and resources that their policies leave."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from mcp.server import CacheHint, MCPServer
from mcp.server.request_state import RequestStateSecurity

from ...tools import offered
from ...tools._call import Workspace
from ...tools._offer import Offer
from ...tools._server import Browsing, FilemakerServer, instructions
from ...tools._tool import GovernedTool, Need
from ...tools.prompts import add_prompts
from ...tools.resources import Addresses
from ...tools.views.view import ViewExtension
from .. import __version__
from ..policy import RecordEffect, ScriptEffect, may_run, may_write_anywhere
from .seat import Seat
from .shared_parts import SharedParts

SHORTEST_WAIT = 3_600.0
"""Seconds for which the answer to a question is taken, at the least."""


def mcp_server(seat: Seat, parts: SharedParts, workspaces: Mapping[str, Workspace]) -> FilemakerServer:
    settings = seat.settings
    needs = needs_of(seat)
    user, views = seat.caller, frozenset(settings.views)
    scope = "private" if seat.is_remote else "public"
    security = None if not seat.is_remote else _state_security(seat, parts)
    server = FilemakerServer(
        "filemaker",
        title="FileMaker",
        version=__version__,
        instructions=instructions(needs),
        website_url="https://github.com/filemaker-mcp/filemaker-mcp",
        extensions=[ViewExtension()] if views else [],
        log_level=settings.log_level,
        lifespan=_nothing_to_open,
        request_state_security=security,
        subscriptions=False,  # nothing here changes while it is listed, and an open stream is a connection held
        cache_hints={"tools/list": CacheHint(ttl_ms=300_000, scope=scope)},
    )
    server.offer(
        Offer(
            offered(needs),
            lambda declaration: GovernedTool.of(declaration, workspaces, user, needs, views),
        )
    )
    server.browsing = Browsing(Addresses(workspaces, needs), workspaces, user, views)
    add_prompts(server, workspaces, needs)
    return server


def _state_security(seat: Seat, parts: SharedParts) -> RequestStateSecurity:
    """What goes out with a question and comes back with its answer is sealed by keys that outlast the process, for this caller
    alone, and for as long as a person may be waited for."""
    return RequestStateSecurity(
        keys=parts.ring.all_derived("request state"),
        ttl=max(SHORTEST_WAIT, seat.settings.approval_seconds),
        bind_principal=lambda context: seat.caller,
    )


def needs_of(seat: Seat) -> frozenset[Need]:
    """What this caller may do in at least one database; a tool that needs more is absent."""
    needs = {Need.NOTHING}
    for policy in seat.policies.values():
        if may_write_anywhere(policy, RecordEffect.EDIT):
            needs.add(Need.EDIT)
        if may_write_anywhere(policy, RecordEffect.DELETE):
            needs.add(Need.DELETE)
        if seat.settings.runbooks is not None or any(may_run(policy, script) for script in policy.scripts):
            needs.add(Need.SCRIPTS)
        if any(
            rule.effect is ScriptEffect.REACHES_OUTSIDE and may_run(policy, name)
            for name, rule in policy.scripts.items()
        ):
            needs.add(Need.OUTSIDE)
    return frozenset(needs)


@asynccontextmanager
async def _nothing_to_open(server: MCPServer[None]) -> AsyncGenerator[None]:
    """stdio answers nothing before the lifespan has entered, so sessions open on first use."""
    yield None
