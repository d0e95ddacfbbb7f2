"""Puts the product together: settings in, an MCP server out. `opening` puts the parts of one database together."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
from mcp.server import CacheHint, MCPServer

from ...tools import offered
from ...tools._call import Workspace
from ...tools._server import Browsing, FilemakerServer, instructions
from ...tools._tool import GovernedTool, Need
from ...tools.prompts import add_prompts
from ...tools.resources import Addresses
from ...tools.views.view import ViewExtension
from .. import __version__
from ..config.settings import Settings
from ..database.untrusted_reads import UntrustedReads
from ..local.paths import check_named
from ..local.places import state_file, user_name
from ..local.state.state import State, Transaction
from ..local.state.state_place import StatePlace
from ..policy import RecordEffect, ScriptEffect, may_run, may_write_anywhere
from .credential_factory import CredentialFactory
from .owner_policy import policy_of
from .sign_in_accounts import SignInAccount, account_for

if TYPE_CHECKING:
    import httpx

    from ..approval.approvals import OpenBrowser
    from ..auth.clock import Clock
    from .workspace import Opening


class Application:
    """The product, ready to serve: an MCP server, the databases it works with, and what has to be closed after it."""

    def __init__(self, settings: Settings, workspaces: OpenWorkspaces, sign_ins: CredentialFactory) -> None:
        self.workspaces = workspaces
        self._sign_ins = sign_ins
        self.server = _server(settings, workspaces)
        self.afterwards = ExitStack()
        """What is to be cleared away once everything is closed."""

    async def close(self) -> None:
        """Logs out every FileMaker session; takes seconds at the most and never raises."""
        await self.workspaces.close()
        await self._sign_ins.close()
        self.afterwards.close()


class OpenWorkspaces(Mapping[str, Workspace]):
    """The configured databases, each opened when a tool first needs it: until then its parts are not even imported."""

    def __init__(
        self,
        openers: Mapping[str, Callable[[State], Opening]],
        state: StatePlace,
        forget: Callable[[Transaction], Awaitable[None]],
    ) -> None:
        """`forget` is done once, when the state is first used."""
        self._openers = openers
        self._place = state
        self._forget = forget
        self._state: State | None = None
        self._open: dict[str, Opening] = {}

    def __getitem__(self, name: str) -> Workspace:
        if name not in self._open:
            self._open[name] = self._openers[name](self.state)
        return self._open[name].workspace

    @property
    def state(self) -> State:
        """Plans, journal and jobs of all of them."""
        if self._state is None:
            self._state = self._place.state()
            self._state.first(self._forget)
        return self._state

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)

    async def close(self) -> None:
        async with anyio.create_task_group() as group:
            for opening in self._open.values():
                group.start_soon(opening.close)
        if self._state is not None:
            await self._state.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    open_browser: OpenBrowser | None = None,
) -> Application:
    """Nothing is sent and nothing opened yet. `emulated` answers for a database in this process, as in `--demo`; plans and
    journal are then kept in memory unless the settings name a file. `open_browser` shows a page to the person at this machine.

    Raises ConfigurationError for settings that cannot work.
    """
    asks_people = open_browser is not None and settings.approval_page
    sign_ins = CredentialFactory.of(settings, asks_people=asks_people)
    outsiders = UntrustedReads()
    in_memory = emulated is not None and settings.state is None
    check_files(settings)
    named = None if settings.state is None else settings.state.place()
    check_named(None if named is None else named.file, settings.files_folder)
    openers = {
        name: partial(
            _open,
            name,
            settings,
            account_for(database),
            sign_ins,
            clock,
            (emulated or {}).get(name),
            open_browser,
            outsiders,
        )
        for name, database in settings.database.items()
    }
    return Application(
        settings,
        OpenWorkspaces(
            openers,
            StatePlace() if in_memory else named or StatePlace(state_file()),
            partial(_forget, settings, clock),
        ),
        sign_ins,
    )


async def _forget(settings: Settings, clock: Clock | None, transaction: Transaction) -> None:
    from ..changes.plans.retention import expire

    now = time.time() if clock is None else clock.wall()
    await expire(transaction, days=settings.journal_days, images=settings.journal_images, now=now)


def check_files(settings: Settings) -> None:
    """At the start, where the owner looks, instead of at the first use."""
    for database in settings.database.values():
        if database.scripts:
            from .declared_scripts import declared_scripts

            declared_scripts(database)
        if database.notes is not None:
            from .owner_notes import notes_of

            notes_of(database)
        if database.map is not None:
            from .owner_map import map_of

            map_of(database)
    if settings.runbooks is not None:
        from .declared_scripts import runbooks_of

        runbooks_of(settings)


def _open(
    name: str,
    settings: Settings,
    account: SignInAccount,
    sign_ins: CredentialFactory,
    clock: Clock | None,
    transport: httpx.AsyncBaseTransport | None,
    open_browser: OpenBrowser | None,
    outsiders: UntrustedReads,
    state: State,
) -> Opening:
    from .workspace import (
        open_database,
    )  # httpx and all that stands on it, which the first answer can do without

    return open_database(
        name,
        settings,
        account,
        sign_ins,
        clock=clock,
        transport=transport,
        state=state,
        open_browser=open_browser if settings.approval_page else None,
        outsiders=outsiders,
    )


def _server(settings: Settings, workspaces: Mapping[str, Workspace]) -> FilemakerServer:
    needs = needs_met(settings)
    user, views = user_name(), frozenset(settings.views)
    server = FilemakerServer(
        "filemaker",
        title="FileMaker",
        version=__version__,
        instructions=instructions(needs),
        website_url="https://github.com/filemaker-mcp/filemaker-mcp",
        tools=[
            GovernedTool.of(declaration, workspaces, user, needs, views) for declaration in offered(needs)
        ],
        extensions=[ViewExtension()] if views else [],
        log_level=settings.log_level,
        lifespan=_nothing_to_open,
        cache_hints={"tools/list": CacheHint(ttl_ms=300_000, scope="public")},
    )
    server.browsing = Browsing(Addresses(workspaces, needs), workspaces, user, views)
    add_prompts(server, workspaces, needs)
    return server


def needs_met(settings: Settings) -> frozenset[Need]:
    """What the owner allows in at least one database; a tool that needs more is absent."""
    needs = {Need.NOTHING}
    for database in settings.database.values():
        policy = policy_of(database)
        if may_write_anywhere(policy, RecordEffect.EDIT):
            needs.add(Need.EDIT)
        if may_write_anywhere(policy, RecordEffect.DELETE):
            needs.add(Need.DELETE)
        if settings.runbooks is not None or any(may_run(policy, script) for script in policy.scripts):
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
