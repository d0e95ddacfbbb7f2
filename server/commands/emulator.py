"""`filemaker-mcp emulator`: serves solution folders as a FileMaker Server would, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from ..emulator.switches import Switches

if TYPE_CHECKING:  # the server behind these is loaded when it is needed, not for --help
    from ..emulator.app import Emulator
    from ..emulator.clock import ShiftedClock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--solution",
        action="append",
        type=Path,
        metavar="DIR",
        help="a folder with a solution; may be given several times (default: the sample, Harbor)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--https", action="store_true", help="serve HTTPS with a certificate made on the spot"
    )
    parser.add_argument(
        "--profile",
        type=int,
        default=22,
        choices=range(17, 23),
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
        "--control", action="store_true", help="offer /_emulator/, for faults on demand (loopback only)"
    )
    parser.add_argument(
        "--init", type=Path, metavar="DIR", help="write a commented starter solution and stop"
    )


def run(args: argparse.Namespace) -> int:
    """0 after a wished end, 2 for a mistake in the command line or the solution."""
    from ..emulator.loader.mistakes import SolutionError
    from ..emulator.starter import FolderInUse
    from ..emulator.switches import UnknownSwitch

    try:
        if args.init is not None:
            return _write_starter(args.init)
        if args.control and not _is_loopback(args.host):
            print(
                "--control lets anybody who reaches the host break it; use it with a loopback --host.",
                file=sys.stderr,
            )
            return 2
        emulator, clock = _load(args)
        asyncio.run(_serve(emulator, clock, args))
    except (SolutionError, UnknownSwitch, FolderInUse) as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as problem:
        words = problem.strerror or str(problem)
        print(f"The emulator cannot listen on {args.host}, port {args.port}: {words}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _write_starter(folder: Path) -> int:
    from ..emulator.starter import write_starter

    for path in write_starter(folder):
        print(path)
    print(f"Serve it with: filemaker-mcp emulator --solution {folder}")
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _load(args: argparse.Namespace) -> tuple[Emulator, ShiftedClock]:
    from ..emulator.app import Emulator
    from ..emulator.clock import ShiftedClock
    from ..emulator.switches import read_switches

    sample = Path(__file__).parent.parent / "emulator" / "sample"
    clock = ShiftedClock()
    emulator = Emulator(
        args.solution or [sample],
        clock=clock,
        profile=args.profile,
        switches=read_switches(args.switch),
        data=args.data,
    )
    emulator.load()
    return emulator, clock


async def _serve(emulator: Emulator, clock: ShiftedClock, args: argparse.Namespace) -> None:
    from ..emulator.actions import actions
    from ..emulator.certificate import write_certificate
    from ..emulator.faults.control import Control
    from ..emulator.faults.layer import FaultLayer
    from ..emulator.serving import serving

    async with AsyncExitStack() as stack:
        stack.push_async_callback(emulator.aclose)
        app = emulator.app
        if args.control:
            app = Control(FaultLayer(app, clock), actions(emulator, clock))
        certificate = key = authority = None
        if args.https:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            names = dict.fromkeys((args.host, "127.0.0.1", "localhost", "::1"))
            written = write_certificate(folder, list(names))
            certificate, key, authority = written.certificate, written.key, written.authority
        address = await stack.enter_async_context(
            serving(app, clock=clock, host=args.host, port=args.port, certificate=certificate, key=key)
        )
        files = ", ".join(file.name for file in emulator.host.files)
        print(f"{files} at {address}", flush=True)
        if authority is not None:
            print(f"Certificate to trust: {authority}", flush=True)
        if args.control:
            print(f"Faults on demand at {address}/_emulator/", flush=True)
        await _until_told()


async def _until_told() -> None:
    """Returns at the first signal to stop; on Windows an interrupt ends the loop by itself."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), told.set)
    await told.wait()
