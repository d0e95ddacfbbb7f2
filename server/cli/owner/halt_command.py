"""`filemaker-mcp halt`: stops changes, or everything, for those who call over HTTP; within five seconds, everywhere."""

from __future__ import annotations

import argparse
import sys
import time

from ..event_loop import run_async
from ..state_places import add_state_arguments, ended_access, stored
from ..terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--writes", action="store_true", help="changes and scripts (unless --all)")
    what.add_argument("--all", action="store_true", help="reading too")
    what.add_argument("--lift", action="store_true", help="let them go on")
    what.add_argument("--show", action="store_true", help="what is stopped now")
    parser.add_argument(
        "--caller",
        default="",
        metavar="WHO",
        help="one caller, as the journal names them; everybody unless named",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="what they are told")
    add_state_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...callers.halts import Halt, Halts
    from ...errors import InputError
    from ...text.one_line import one_line

    async with stored(arguments) as files:
        halts = Halts(lambda: files.state, time.monotonic)
        whose = f"the caller {arguments.caller!r}" if arguments.caller else "everybody"
        if arguments.show:
            for halt in await halts.all():
                who = halt.caller or "everybody"
                print(
                    f"{who}: {'everything' if halt.is_whole else 'changes and scripts'}. {halt.reason}".rstrip(
                        ". "
                    )
                )
            return 0
        if arguments.lift:
            if not await halts.lift(arguments.caller):
                raise InputError(
                    f"Nothing is stopped for {whose}", advice="'filemaker-mcp halt --show' lists what is."
                )
            await ended_access(arguments, files).look()
            say(f"Nothing is stopped for {whose} any more.", sys.stdout)
            return 0
        reason = one_line(arguments.reason)[:200]
        await halts.put(Halt(arguments.caller, arguments.all, reason, time.time()))
        await ended_access(arguments, files).look()
        what = "Everything is" if arguments.all else "Changes and scripts are"
        say(
            f"{what} stopped for {whose}, within five seconds. 'filemaker-mcp halt --lift' ends that.",
            sys.stdout,
        )
    return 0
