"""`filemaker-mcp console`: pages on this machine with what waits, what was changed, jobs, usage, journal, connection and policy."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from ...errors import ConfigurationError
from ..browser import open_browser
from ..event_loop import run_async
from ..state_places import add_state_arguments, stored
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...console.console_database import ConsoleDatabase


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-browser", action="store_true", help="show the link and open nothing")
    add_state_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when it was ended with Ctrl-C."""
    try:
        run_async(_serve(arguments), arguments)
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    from ...app.app import build
    from ...app.console_source import console_sources, opening
    from ...app.seat import Seat
    from ...config.configuration import configured
    from ...console.console import Console
    from ...local.places import user_name
    from ...pages.loopback import Loopback

    async with AsyncExitStack() as until_closed:
        files = await until_closed.enter_async_context(stored(arguments))
        # the settings may be elsewhere, in the desktop client's entry
        sources: Mapping[str, ConsoleDatabase] = {}
        language = ""
        try:
            settings = configured(os.environ, arguments.config)
        except ConfigurationError:
            if arguments.config is not None:
                raise
        else:
            application = build(settings)
            language = settings.page_language
            until_closed.push_async_callback(application.close)
            sources = console_sources(Seat.of_owner(settings), opening(application.workspaces))
        console = Console(files, sources, user=user_name(), origin=lambda: server.origin, language=language)
        server = Loopback(console.app, console.prepare)
        until_closed.push_async_callback(server.close)
        address = await server.open() + console.link.path
        show = None if arguments.no_browser else open_browser(os.environ)
        opened = show is not None and await asyncio.to_thread(show, address)
        print(
            wrapped(
                "The console opened in your browser." if opened else "Open this link in your browser:", ""
            )
        )
        print(address, flush=True)
        print(
            wrapped("The link works once and on this machine only. Ctrl-C ends the console.", ""), flush=True
        )
        await asyncio.Event().wait()
