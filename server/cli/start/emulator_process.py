"""An emulated host as a process: made from the command line, served until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the server behind these is loaded when it is needed, not for --help
    from ...emulator.app import Emulator
    from ...emulator.clock import ShiftedClock
    from ...emulator.cognito.users import User

SOMEWHERE = Path()
"""--https without a folder."""
SAMPLE = Path(__file__).parents[2] / "emulator" / "sample"
PEOPLE = SAMPLE / "people.json"
"""Claris IDs of the sample with second steps."""


def load(args: argparse.Namespace) -> tuple[Emulator, ShiftedClock]:
    """The host that a command line asks for. Raises SolutionError, UnknownSwitch or UserListError."""
    from ...emulator.app import Emulator
    from ...emulator.clock import ShiftedClock
    from ...emulator.switches import read_switches

    clock = ShiftedClock()
    emulator = Emulator(
        args.solution or [SAMPLE],
        clock=clock,
        profile=args.profile,
        switches=read_switches(args.switch),
        data=args.data,
        index=args.index,
    )
    emulator.load()
    _enrol(emulator, args)
    return emulator, clock


def _enrol(emulator: Emulator, args: argparse.Namespace) -> None:
    from ...emulator.cognito.user_list import UserListError, read_users

    if args.claris_users is None and args.claris_issuer is None and not args.cloud:
        return
    if emulator.pool is None:
        raise UserListError(
            'No account of the solution signs in by Claris ID: give one `identity = "claris"`.'
        )
    emulator.pool.issuer = args.claris_issuer
    people = args.claris_users or (PEOPLE if not args.solution else None)
    for user in read_users(people) if people is not None else ():
        emulator.pool.add(user)


async def serve(emulator: Emulator, clock: ShiftedClock, args: argparse.Namespace) -> None:
    """Answer until a signal says to stop. Raises OSError when the port cannot be had."""
    from ...emulator.certificate import write_certificate
    from ...emulator.faults.control import Control
    from ...emulator.faults.gate import LOOPBACK, Gate
    from ...emulator.faults.layer import FaultLayer
    from ...emulator.host_actions import actions
    from ...emulator.serving import serving
    from ...emulator.sign_in.cloud import CloudFront
    from ...local.work_folder import work_folder

    async with AsyncExitStack() as stack:
        stack.push_async_callback(emulator.aclose)
        app = emulator.app
        if args.cloud and emulator.pool is not None:
            app = CloudFront(app, emulator.pool, clock)
        if args.control:
            gate = Gate({*LOOPBACK, args.host})
            app = Control(FaultLayer(app, clock), actions(emulator, clock), gate)
        certificate = key = authority = None
        if args.https is not None:
            folder = args.https
            if folder is SOMEWHERE:
                folder = stack.enter_context(
                    work_folder(Path(tempfile.gettempdir()), "filemaker-mcp-certificate-")
                )
            names = dict.fromkeys((args.host, "127.0.0.1", "localhost", "::1"))
            written = write_certificate(folder, list(names))
            certificate, key, authority = written.certificate, written.key, written.authority
        address = await stack.enter_async_context(
            serving(app, clock=clock, host=args.host, port=args.port, certificate=certificate, key=key)
        )
        files = ", ".join(file.name for file in emulator.host.files)
        print(f"{files} at {address}", flush=True)
        if args.cloud and emulator.pool is not None:
            print(
                f"Claris IDs sign in with FILEMAKER_SIGN_IN=claris_id FILEMAKER_CLARIS_URL={address}",
                flush=True,
            )
            for user in emulator.pool.users:
                print(f"  {user.name}, {_second_step(user)}", flush=True)
        if authority is not None:
            print(f"Certificate to trust: {authority}", flush=True)
        if args.control:
            print(f"Faults on demand at {address}/_emulator/", flush=True)
        await _until_told()


def _second_step(user: User) -> str:
    from ...auth.claris.sign_in_dialogue import METHODS

    secret = f" (secret {user.authenticator_secret})" if user.authenticator_secret else ""
    ways = " or ".join(METHODS[factor] for factor in user.factors)
    return f"password, then a code by {ways}{secret}" if ways else "password alone"


async def _until_told() -> None:
    """Returns at the first signal to stop; on Windows an interrupt ends the loop by itself."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), told.set)
    await told.wait()
