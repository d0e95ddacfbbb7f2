"""`filemaker-mcp run NAME`: carry out a runbook, with a progress bar on a terminal, lines in a log, JSON on request."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError, FilemakerMcpError, InputError, NameUnknown
from ...text.near_names import near
from ..argument_types import minutes
from ..event_loop import run_async
from ..terminal import say
from ..terminal_text import beside

if TYPE_CHECKING:
    from ....tools._call import Workspace
    from ...app.app import Application
    from ...changes.plans.plan import Who
    from ...runbooks.runbook import Runbook


REFUSED, MISTAKEN, BROKEN_OFF, HOST_AWAY = 1, 2, 3, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="the runbook; all are listed without it")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--dry-run", action="store_true", help="show what would happen, and change nothing")
    parser.add_argument("--json", action="store_true", help="the report as JSON, for programs")
    parser.add_argument("--review", action="store_true", help="list the records that wait for a person")
    looked = parser.add_mutually_exclusive_group()
    looked.add_argument(
        "--release", metavar="ID", nargs="+", help="records that a person found not done, or all"
    )
    looked.add_argument("--done", metavar="ID", nargs="+", help="records that a person found done, or all")
    parser.add_argument(
        "--patience",
        type=minutes,
        default=10,
        metavar="MINUTES",
        help="how long to wait for a host that is away; 10 unless given",
    )
    parser.epilog = (
        "A run that was broken off is continued. Exit status: 0 every record done; 1 some need a person; "
        "2 the runbook or the configuration is wrong; 3 broken off before its end; 4 it is running already; 5 the host is away."
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        return run_async(_run(arguments), arguments)
    except FilemakerMcpError as error:
        return _refused(error, arguments)


def _refused(error: FilemakerMcpError, arguments: argparse.Namespace) -> int:
    """The exit status of what could not even begin, which programs read as they read a report."""
    from ...local.own_command import as_typed
    from ...runbooks.batch import AWAY

    is_mistake = isinstance(error, ConfigurationError | InputError)
    status = HOST_AWAY if isinstance(error, AWAY) else MISTAKEN if is_mistake else REFUSED
    said = as_typed(str(error))
    if arguments.json:
        facts = {"runbook": arguments.name, "exit": status, "state": "refused", "said": said}
        print(json.dumps(facts | ({"host_away": True} if status == HOST_AWAY else {}), ensure_ascii=False))
    else:
        sys.stderr.write(f"{beside('filemaker-mcp: ', said, sys.stderr)}\n")
    return status


async def _run(arguments: argparse.Namespace) -> int:
    from ...app.app import build
    from ...config.configuration import configured

    application = build(configured(os.environ, arguments.config))
    try:
        with cancelled_by_signals():
            return await _chosen(application, arguments)
    except asyncio.CancelledError:
        sys.stderr.write("filemaker-mcp: ended before it began anything.\n")
        return BROKEN_OFF
    finally:
        await application.close()


async def _chosen(application: Application, arguments: argparse.Namespace) -> int:
    if arguments.name is None:
        books = _books(application)
        if arguments.json:
            listed = [{"runbook": book.name, "description": book.description} for _, book in books]
            print(json.dumps(listed, ensure_ascii=False))
            return 0
        for _, book in books:
            print(f"{book.name}  {book.description}".rstrip())
        if not books:
            say(
                "There is no runbook. `runbooks` in the configuration names their folder; docs/runbooks.md.",
                sys.stdout,
            )
        return 0
    from ...caller import Caller
    from ...changes.plans.plan import Who
    from ...local.places import user_name
    from .run_job import BookRun
    from .run_preview import dry, review, settle

    workspace, book = _named(application, arguments.name)
    who = Who(Caller(user_name(), workspace.account), "filemaker-mcp run")
    if looked := arguments.release or arguments.done:
        await settle(workspace, book, looked, time.time(), done=bool(arguments.done))
    elif arguments.review:
        await review(workspace, book, as_json=arguments.json)
    elif arguments.dry_run:
        await _check_stop(workspace, who, changes=False)
        await dry(workspace, book, who, as_json=arguments.json)
    else:
        await _check_stop(workspace, who, changes=True)
        return await BookRun(
            workspace, book, who, as_json=arguments.json, patience=60.0 * arguments.patience
        ).run()
    return 0


async def _check_stop(workspace: Workspace, who: Who, *, changes: bool) -> None:
    """Raises Forbidden where the owner has stopped it."""
    if workspace.stop is not None:
        await workspace.stop.check(who.caller.id, changes=changes)


def _books(application: Application) -> list[tuple[Workspace, Runbook]]:
    return [
        (workspace, book)
        for workspace in application.workspaces.values()
        for book in workspace.runbooks.books.values()
    ]


def _named(application: Application, name: str) -> tuple[Workspace, Runbook]:
    """Raises NameUnknown."""
    books = _books(application)
    found = next((each for each in books if each[1].name.casefold() == name.casefold()), None)
    if found is None:
        names = [book.name for _, book in books]
        raise NameUnknown("runbook", name, near=near(name, names) or tuple(names[:5]))
    return found


@contextmanager
def cancelled_by_signals() -> Generator[None]:
    """Ctrl-C and the end of the system cancel this task, so that sessions are logged out and a run is reported. Where the
    event loop knows no signals (Windows) Python's own handling of Ctrl-C does the same."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    handled: list[signal.Signals] = []
    with suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel if task is not None else loop.stop)
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
