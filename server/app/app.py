"""Puts the product together: settings in, an MCP server out. `workspace` puts the parts of one database together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio

from ..config.settings import Settings
from ..database.untrusted.outsider_marks import OutsiderMarks
from ..database.untrusted.untrusted_reads import UntrustedReads
from ..errors import FilemakerMcpError
from ..local.paths import check_named
from ..local.places import state_file
from ..local.state.state import State
from ..local.state.state_place import StatePlace
from .credential_factory import CredentialFactory
from .mcp_server import mcp_server
from .open_workspaces import OpenWorkspaces
from .owner_policy import has_outsiders
from .seat import Seat
from .shared_parts import SharedParts
from .sign_in_accounts import SignInAccount, account_for

if TYPE_CHECKING:
    import httpx

    from ..approval.approvals import OpenBrowser
    from ..auth.clock import Clock
    from .workspace import Opening


class Application:
    """The product for one caller, ready to serve: an MCP server, the databases it works with, and what has to be closed after it."""

    def __init__(self, seat: Seat, parts: SharedParts, workspaces: OpenWorkspaces) -> None:
        self.workspaces = workspaces
        self.parts = parts
        self.server = mcp_server(seat, parts, workspaces)
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
    read = outsiders or reads_of(seat, parts)
    openers = {
        name: partial(_open, name, seat, account_for(database), parts, read)
        for name, database in seat.settings.database.items()
    }
    identities = {name: database.identity for name, database in seat.settings.database.items()}
    return Application(seat, parts, OpenWorkspaces(openers, parts, identities))


def reads_of(seat: Seat, parts: SharedParts) -> UntrustedReads:
    """The text of outsiders that this caller reads, for all of its servers and processes."""
    if not (seat.reads_outsiders or has_outsiders(parts.settings)):
        return UntrustedReads()
    return UntrustedReads(OutsiderMarks(lambda: parts.state, seat.caller, parts.now))


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
