"""`filemaker-mcp halt`: stops changes, or everything, for all who work with these records; within five seconds, everywhere."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..event_loop import run_async
from ..state_places import add_state_arguments, ended_access, stored
from ..terminal import say

if TYPE_CHECKING:
    from ...callers.halts import Halts
    from ...changes.plans.stored_plans import Filed
    from ...local.state.state import State

SCHEDULED = "schedule "
"""Before the name of a schedule, as the journal names it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--writes", action="store_true", help="changes and scripts (unless --all)")
    what.add_argument("--all", action="store_true", help="reading too")
    what.add_argument("--lift", action="store_true", help="let them go on")
    what.add_argument("--show", action="store_true", help="what is stopped now")
    parser.add_argument(
        "--caller",
        default=None,
        metavar="WHO",
        help="one caller, a user of this machine or 'schedule NAME', as the journal names them; everybody unless named",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="what they are told")
    add_state_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...callers.halts import Halt, Halts
    from ...errors import InputError
    from ...text.one_line import one_line

    async with stored(arguments, makes=not (arguments.lift or arguments.show)) as files:
        halts = Halts(lambda: files.state, time.monotonic)
        caller, is_known = await _named(arguments.caller, files, halts if arguments.lift else None)
        whose = f"the caller {caller!r}" if caller else "everybody"
        if arguments.show:
            stopped = await halts.all()
            if not stopped:
                say("Nothing is stopped.", sys.stdout)
            for halt in stopped:
                who = halt.caller or "everybody"
                print(
                    f"{who}: {'everything' if halt.is_whole else 'changes and scripts'}. {halt.reason}".rstrip(
                        ". "
                    )
                )
            return 0
        access = ended_access(arguments, files)
        if arguments.lift:
            async with access.written_down():
                was_stopped = await halts.lift(caller)
            if not was_stopped:
                raise InputError(
                    f"Nothing is stopped for {whose}", advice="'filemaker-mcp halt --show' lists what is."
                )
            say(f"Nothing is stopped for {whose} any more.", sys.stdout)
            return 0
        reason = one_line(arguments.reason)[:200]
        async with access.written_down():
            await halts.put(Halt(caller, arguments.all, reason, time.time()))
        what = "Everything is" if arguments.all else "Changes and scripts are"
        lift = f"halt --lift --caller '{caller}'" if caller else "halt --lift"
        say(f"{what} stopped for {whose}, within five seconds. 'filemaker-mcp {lift}' ends that.", sys.stdout)
        if not is_known:
            shows = "schedule --list" if caller.startswith(SCHEDULED) else "callers list"
            say(f"Nobody has come by that name so far: compare it with 'filemaker-mcp {shows}'.")
    return 0


async def _named(text: str | None, files: Filed, halts: Halts | None) -> tuple[str, bool]:
    """The caller that is meant, whole, and whether they have come. Of `halts` where one is to be lifted. Raises NameUnknown, and
    InputError for what more than one is called."""
    from ...authorization.caller_roll import CallerRoll
    from ...caller import parts_of
    from ...callers.caller_keys import KEYS, CallerKeys
    from ...errors import InputError

    if text is None:
        return "", True
    if not text.strip():
        raise InputError(
            "The name of the caller is empty",
            advice="Leave --caller out where everybody is meant. Nothing was changed.",
        )
    if halts is not None:
        found = [halt.caller for halt in await halts.all() if halt.caller]
        return next((each for each in found if text == each), _only(text, found)), True
    roll = CallerRoll(files.state, time.time)
    if text.startswith(SCHEDULED):
        name = text.removeprefix(SCHEDULED)
        return text, await files.state.row("SELECT 1 FROM schedule WHERE name = ?", name) is not None
    if await _is_of_this_machine(text, files.state):
        if others := await roll.like(text):
            say(f"Callers over HTTP of a like name are not stopped: {', '.join(others[:5])}.")
        return text, True
    if parts_of(text) is not None:
        keys = [
            f"{KEYS}|{key.name}" for key in await CallerKeys(lambda: files.state, lambda: files.seal).all()
        ]
        return text, text in [*keys, *(each.id for each in await roll.all())]
    try:
        return (await roll.one(text)).id, True
    except InputError as error:
        raise InputError(f"{error.what}: nobody was stopped", advice=error.advice) from None


async def _is_of_this_machine(text: str, state: State) -> bool:
    """Whether somebody works with these records here, without HTTP, by that account of the operating system."""
    from ...caller import parts_of
    from ...local.places import user_name

    if parts_of(text) is not None:
        return False
    known = ("SELECT 1 FROM plan WHERE caller = ? LIMIT 1", "SELECT 1 FROM journal WHERE caller = ? LIMIT 1")
    return text == user_name() or any(await state.several(*((sql, (text,)) for sql in known)))


def _only(text: str, callers: Sequence[str]) -> str:
    """The one that has the text in it; the text itself where none does, or several do."""
    found = [each for each in callers if text in each]
    return found[0] if len(found) == 1 else text
