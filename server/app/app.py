"""Puts the product together: settings in, an MCP server out. `opening` puts the parts of one database together."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Set
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio
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
from ..config.settings import Settings
from ..database.outsider_marks import OutsiderMarks
from ..database.untrusted_reads import UntrustedReads
from ..errors import FilemakerMcpError
from ..local.paths import check_named
from ..local.places import state_file
from ..local.state.state import State
from ..local.state.state_place import StatePlace
from ..policy import RecordEffect, ScriptEffect, may_run, may_write_anywhere
from .credential_factory import CredentialFactory
from .owner_policy import has_outsiders
from .seat import Seat
from .shared_parts import SharedParts
from .sign_in_accounts import SignInAccount, account_for

if TYPE_CHECKING:
    import httpx

    from ..approval.approvals import OpenBrowser
    from ..auth.clock import Clock
    from .workspace import Opening


SHORTEST_WAIT = 3_600.0


class Application:
    """The product for one caller, ready to serve: an MCP server, the databases it works with, and what has to be closed after it."""

    def __init__(self, seat: Seat, parts: SharedParts, workspaces: OpenWorkspaces) -> None:
        self.workspaces = workspaces
        self.parts = parts
        self.server = _server(seat, parts, workspaces)
        self.afterwards = ExitStack()
        """What is to be cleared away once everything is closed."""

    async def attend(self) -> None:
        """Goes on with what other processes left, where several share the state; until it is cancelled."""
        if self.parts.place.url:
            from .background.takeover import LOOK_SECONDS, Takeover

            await anyio.sleep(LOOK_SECONDS)  # the first answers come first
            with suppress(FilemakerMcpError):  # whoever uses it is told
                self.workspaces.prepare()
            await Takeover(self.parts.state, lambda: [self.workspaces]).run()

    async def close(self) -> None:
        """Logs out every FileMaker session; takes seconds at the most and never raises."""
        await self.workspaces.close()
        await self.parts.close()
        self.afterwards.close()


class OpenWorkspaces(Mapping[str, Workspace]):
    """The databases of one caller, each opened when a tool first needs it: until then its parts are not even imported."""

    def __init__(
        self,
        openers: Mapping[str, Callable[[State], Opening]],
        parts: SharedParts,
        identities: Mapping[str, str],
    ) -> None:
        """`identities`: what the state calls each database."""
        self._identities = identities
        self._openers = openers
        self._parts = parts
        self._open: dict[str, Opening] = {}

    def __getitem__(self, name: str) -> Workspace:
        if name not in self._open:
            self._open[name] = self._openers[name](self.state)
        self._parts.retain()
        return self._open[name].workspace

    @property
    def state(self) -> State:
        """Plans, journal and jobs of all of them."""
        return self._parts.state

    def prepare(self, databases: Set[str] | None = None) -> None:
        """Opens those, as the state calls them, or all: whoever has to go on with another's work is to lose no time."""
        for name, identity in self._identities.items():
            if databases is None or identity in databases:
                self[name]

    async def sweep(self, databases: Set[str]) -> None:
        """Goes on with what was left in those, as the state calls them; one is opened only where there is something."""
        for name, identity in self._identities.items():
            if identity in databases:
                await self[name].jobs.sweep()

    @property
    def is_at_work(self) -> bool:
        """Whether a job of theirs is not over."""
        return any(opening.workspace.jobs.runs for opening in self._open.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)

    async def close(self, *, hands_over: bool = False) -> None:
        async with anyio.create_task_group() as group:
            for opening in self._open.values():
                group.start_soon(partial(opening.close, hands_over=hands_over))


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    open_browser: OpenBrowser | None = None,
) -> Application:
    """The product for the person at this machine. Nothing is sent and nothing opened yet.

    Raises ConfigurationError for settings that cannot work.
    """
    parts = shared_parts(settings, clock=clock, emulated=emulated, open_browser=open_browser)
    return application_for(Seat.of_owner(settings), parts)


def shared_parts(
    settings: Settings,
    *,
    clock: Clock | None = None,
    emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    open_browser: OpenBrowser | None = None,
) -> SharedParts:
    """What all callers of one process share. `emulated` answers for a database in this process, as in `--demo`; plans and
    journal are then kept in memory unless the settings name a file. `open_browser` shows a page to the person at this machine.

    Raises ConfigurationError for settings that cannot work.
    """
    asks_people = open_browser is not None and settings.approval_page
    in_memory = emulated is not None and settings.state is None
    check_files(settings)
    named = None if settings.state is None else settings.state.place()
    check_named(None if named is None else named.file, settings.files_folder)
    return SharedParts(
        CredentialFactory.of(settings, asks_people=asks_people),
        StatePlace() if in_memory else named or StatePlace(state_file()),
        settings,
        clock,
        emulated or {},
        open_browser,
    )


def application_for(seat: Seat, parts: SharedParts, outsiders: UntrustedReads | None = None) -> Application:
    """`outsiders`: what this caller has read of theirs, where that outlasts the application. Raises ConfigurationError for
    an account that cannot work."""
    read = outsiders or reads_of(seat.caller, parts)
    openers = {
        name: partial(_open, name, seat, account_for(database), parts, read)
        for name, database in seat.settings.database.items()
    }
    identities = {name: database.identity for name, database in seat.settings.database.items()}
    return Application(seat, parts, OpenWorkspaces(openers, parts, identities))


def reads_of(caller: str, parts: SharedParts) -> UntrustedReads:
    """The text of outsiders that this caller reads, for all of its servers and processes."""
    if not has_outsiders(parts.settings):
        return UntrustedReads()
    return UntrustedReads(OutsiderMarks(lambda: parts.state, caller, parts.now))


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
    seat: Seat,
    account: SignInAccount,
    parts: SharedParts,
    outsiders: UntrustedReads,
    state: State,
) -> Opening:
    from .workspace import (
        open_database,
    )  # httpx and all that stands on it, which the first answer can do without

    return open_database(name, seat, account, parts, state=state, outsiders=outsiders)


def _server(seat: Seat, parts: SharedParts, workspaces: Mapping[str, Workspace]) -> FilemakerServer:
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
