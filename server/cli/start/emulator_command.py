"""`filemaker-mcp emulator`: serves solution folders as a FileMaker Server would, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shlex
import sqlite3
import sys
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path

from ...emulator.profiles import VERSIONS
from ...emulator.switches import Switches
from ...local.own_command import typed_command
from ..argument_types import port
from ..terminal import say
from .emulator_process import SOMEWHERE, load, serve
from .mapped_emulator import mapped_solutions, write_solutions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--solution",
        action="append",
        type=Path,
        metavar="DIR",
        help="a folder with a solution; may be given several times (default: the sample, Harbor)",
    )
    parser.add_argument(
        "--from",
        dest="maps",
        action="append",
        type=Path,
        metavar="FILE",
        help="an export of your own solution, or the map that learn made of it: served with invented data",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=port, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--https",
        nargs="?",
        type=Path,
        const=SOMEWHERE,
        metavar="FOLDER",
        help="serve HTTPS with a certificate made on the spot, written to FOLDER (default: a temporary one)",
    )
    parser.add_argument(
        "--profile",
        type=int,
        default=22,
        choices=VERSIONS,
        help="version of FileMaker Server (default 22)",
    )
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="behaviour that nobody has observed: " + ", ".join(each.name for each in fields(Switches)),
    )
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="keep the records in this file (default: in memory)"
    )
    parser.add_argument(
        "--index",
        action="store_true",
        help="index the fields while loading, so that the first find is as quick as the next (default: the find does it)",
    )
    parser.add_argument(
        "--control", action="store_true", help="offer /_emulator/, for faults on demand (loopback only)"
    )
    parser.add_argument(
        "--claris-users",
        type=Path,
        metavar="FILE",
        help="a JSON list of people of the Claris ID pool besides the solution's accounts: second steps, states",
    )
    parser.add_argument(
        "--claris-issuer",
        metavar="URL",
        help="the issuer that id tokens name (default: the address that was asked)",
    )
    parser.add_argument(
        "--cloud",
        action="store_true",
        help="stand for FileMaker Cloud: Claris IDs alone, and refusals as web pages",
    )
    parser.add_argument(
        "--init",
        type=Path,
        metavar="DIR",
        help="write a commented starter solution, or with --from that one, and stop",
    )


def run(args: argparse.Namespace) -> int:
    """0 after a wished end, 2 for a mistake in the command line or the solution."""
    from ...emulator.cognito.user_list import UserListError
    from ...emulator.solutions.loader.mistakes import SolutionError
    from ...emulator.starter import FolderInUse
    from ...emulator.switches import UnknownSwitch

    # What a client sends wrong is answered to the client; the parser's own remarks are nobody's on this terminal.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    try:
        if args.init is not None:
            return _write_starter(args.init) if not args.maps else _write_mapped(args.maps, args.init)
        if args.control and not _is_loopback(args.host):
            say("--control lets anybody who reaches the host break it; use it with a loopback --host.")
            return 2
        with mapped_solutions(args):
            emulator, clock = load(args)
            asyncio.run(serve(emulator, clock, args))
    except (SolutionError, UnknownSwitch, FolderInUse, UserListError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except sqlite3.Error as problem:
        say(f"The records cannot be kept in {args.data}: {problem}.")
        return 2
    except OSError as problem:
        words = problem.strerror or str(problem)
        cannot = (
            f"write {problem.filename}" if problem.filename else f"listen on {args.host}, port {args.port}"
        )
        say(f"The emulator cannot {cannot}: {words}.")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _write_starter(folder: Path) -> int:
    from ...emulator.starter import write_starter

    for path in write_starter(folder):
        print(path)
    say(f"Serve it with: {typed_command()} emulator --solution {shlex.quote(str(folder))}", sys.stdout)
    return 0


def _write_mapped(maps: list[Path], folder: Path) -> int:
    write_solutions(maps, folder)
    say(f"Serve it with: {typed_command()} emulator --solution {shlex.quote(str(folder))}", sys.stdout)
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
