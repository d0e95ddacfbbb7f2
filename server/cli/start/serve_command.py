"""`filemaker-mcp` and `filemaker-mcp serve`: the MCP server on stdio, or over HTTP."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from ...app.stdio.startup_errors import answer_stdio
from ...errors import ConfigurationError, InputError
from ..event_loop import run_async
from ..terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--demo", action="store_true", help="serve the sample solution, in this process")
    parser.add_argument(
        "--http",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="serve over HTTP, at 127.0.0.1:8791 unless an address or [http] says otherwise",
    )
    parser.add_argument(
        "--customer",
        type=Path,
        action="append",
        metavar="FILE",
        help="with --http, once for each of several customers in this process: a configuration file of its own",
    )
    parser.add_argument(
        "--no-head",
        action="store_true",
        help="with --http and a team's records in PostgreSQL: also where http.journal_head names no place",
    )


SWITCH_SECONDS = 0.001
COLLECTED_AFTER = 10_000
"""New objects until those that hold each other are looked for. Of 100,000, most of what requests leave behind, that takes 130 ms
in which nobody is served; of these a tenth."""


def run(arguments: argparse.Namespace) -> int:
    if arguments.no_head and arguments.http is None:
        raise InputError("--no-head goes with --http")
    if arguments.customer:
        _check_customers(arguments)
        work = _serve_customers(arguments.customer, arguments.http, needs_head=not arguments.no_head)
        run_async(work, arguments)
        return 0
    if arguments.http is not None:
        needs_head = not arguments.no_head
        work = _serve_http(arguments.config, arguments.http, demo=arguments.demo, needs_head=needs_head)
        run_async(work, arguments)
        return 0
    if sys.stdin.isatty():
        say(
            "This is an MCP server. It waits for a client to speak on standard input. Ctrl-C ends it. "
            "'filemaker-mcp demo' shows what it does, 'filemaker-mcp --help' the rest."
        )
    try:
        run_async(_serve(arguments.config, demo=arguments.demo), arguments)
    except ConfigurationError as error:
        answer_stdio(f"filemaker-mcp cannot start: {error}")
        raise
    return 0


def _freeze() -> None:
    """Before callers come. What is there by now is looked through no more for what can be let go of, what comes is looked through
    in small parts, and threads that read something long leave the interpreter to the event loop five times as often as usual,
    which asks for it at each of its turns."""
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, 10, 10)
    sys.setswitchinterval(SWITCH_SECONDS)


async def _serve(file: Path | None, *, demo: bool) -> None:
    from ..deferred_models import defer_models

    defer_models()
    from ...app.app import build
    from ...app.stdio.stdio_service import serve_stdio
    from ...config.configuration import configured
    from ..browser import open_browser

    if demo:
        from ...app.sample_server import demo_application

        application = demo_application(os.environ, open_browser=open_browser(os.environ))
    else:
        application = build(configured(os.environ, file), open_browser=open_browser(os.environ))
    _freeze()
    await serve_stdio(application)


async def _serve_http(file: Path | None, address: str, *, demo: bool, needs_head: bool) -> None:
    from ...app.http.http_application import http_parts
    from ...app.http.http_service import serve_http

    with http_parts(os.environ, file, address, demo=demo, needs_head=needs_head) as parts:
        _freeze()
        await serve_http([parts])


def _check_customers(arguments: argparse.Namespace) -> None:
    if arguments.http is None or arguments.config is not None or arguments.demo:
        raise InputError("--customer goes with --http, and not with --config or --demo")


async def _serve_customers(files: list[Path], address: str, *, needs_head: bool) -> None:
    from ...app.http.http_application import customer_parts
    from ...app.http.http_service import serve_http

    customers = customer_parts(os.environ, files, address, needs_head=needs_head)
    _freeze()
    await serve_http(customers)
