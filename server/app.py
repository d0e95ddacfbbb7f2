"""Puts the parts together; the only module that knows them all."""

from __future__ import annotations

import getpass
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import httpx
from mcp.server import CacheHint, MCPServer

from ..tools import offered
from ..tools._call import Workspace
from ..tools._tool import GovernedTool, Need
from ..tools.instructions import instructions
from . import __version__
from .accounts import credentials_for
from .auth.clock import Clock, SystemClock
from .auth.connection import connections
from .auth.pool import Pool
from .dataapi.client import DataApi
from .dataapi.transport import Transport
from .database import Database
from .settings import DatabaseSettings, Settings


@dataclass
class Application:
    """The product, ready to serve: an MCP server and what has to be closed after it."""

    server: MCPServer[None]
    workspaces: Mapping[str, Workspace]
    pools: tuple[Pool, ...] = field(repr=False)

    async def close(self) -> None:
        """Logs out every FileMaker session; takes seconds at the most and never raises."""
        async with anyio.create_task_group() as group:
            for pool in self.pools:
                group.start_soon(pool.close)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None,
) -> Application:
    """Nothing is sent and nothing opened yet. `emulated` answers for a database in this process, as in `--demo`."""
    clock = clock or SystemClock()
    pools: list[Pool] = []
    workspaces: dict[str, Workspace] = {}
    for name, database in settings.database.items():
        transport = (emulated or {}).get(name)
        pool, api = _connected(database, clock, transport)
        pools.append(pool)
        workspaces[name] = Workspace(database=Database(api, name=name, pool_size=database.sessions))
    server = _server(settings, workspaces)
    return Application(server, workspaces, tuple(pools))


def _connected(
    settings: DatabaseSettings, clock: Clock, emulated: httpx.AsyncBaseTransport | None
) -> tuple[Pool, DataApi]:
    http = connections(ca_file=settings.ca_file, transport=emulated)
    pool = Pool(
        base_url=settings.base_url,
        database=settings.file,
        credentials=credentials_for(settings),
        size=settings.sessions,
        http=http,
        clock=clock,
        api=settings.api,
    )
    transport = Transport(
        pool,
        base_url=settings.base_url,
        database=settings.file,
        api=settings.api,
        http=http,
        clock=clock,
        timeout=settings.timeout,
        on_bytes=lambda count: None,
    )
    return pool, DataApi(transport)


def _server(settings: Settings, workspaces: Mapping[str, Workspace]) -> MCPServer[None]:
    needs = needs_met(settings)
    caller = _caller(settings)
    return MCPServer(
        "filemaker",
        title="FileMaker",
        version=__version__,
        instructions=instructions(needs),
        website_url="https://github.com/filemaker-mcp/filemaker-mcp",
        tools=[GovernedTool.of(declaration, workspaces, caller) for declaration in offered(needs)],
        log_level=settings.log_level,
        lifespan=_nothing_to_open,
        cache_hints={"tools/list": CacheHint(ttl_ms=300_000, scope="public")},
    )


def needs_met(settings: Settings) -> frozenset[Need]:
    """What the owner allows in at least one database; a tool that needs more is absent."""
    needs = {Need.NOTHING, Need.SCRIPTS}
    for database in settings.database.values():
        if database.access in ("edit", "delete"):
            needs.add(Need.EDIT)
        if database.access == "delete":
            needs.add(Need.DELETE)
    return frozenset(needs)


def _caller(settings: Settings) -> str:
    return getpass.getuser()


@asynccontextmanager
async def _nothing_to_open(server: MCPServer[None]) -> AsyncGenerator[None]:
    """stdio answers nothing before the lifespan has entered, so sessions open on first use."""
    yield None
