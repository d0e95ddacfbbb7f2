"""`filemaker-mcp secrets`: the keys by which contents and kept sign-ins are sealed."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING

from ..event_loop import run_async
from ..state_places import (
    add_state_arguments,
    ended_access,
    named_settings,
    seal_key_file,
    sealing_keys,
    stored,
)
from ..terminal import say

if TYPE_CHECKING:
    from ...changes.plans.stored_plans import Filed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    rotate = parts.add_parser("rotate", help="seal everything anew by a new key; servers may run meanwhile")
    rotate.add_argument(
        "--compromised",
        action="store_true",
        help="somebody else may have the old keys: they are removed at once, records get keys of their own anew, and everybody signs in anew",
    )
    add_state_arguments(parser, rotate)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_rotate(arguments), arguments)


def _ending(arguments: argparse.Namespace, files: Filed) -> AbstractAsyncContextManager[None]:
    return ended_access(arguments, files).written_down() if arguments.compromised else nullcontext()


async def _rotate(arguments: argparse.Namespace) -> int:
    from ...authorization.caller_roll import end_all
    from ...local.keys.key_file import KeyFile
    from ...local.keys.sealed_column import reseal

    settings = named_settings(arguments)
    named = sealing_keys(settings)
    file = KeyFile.beside(seal_key_file(arguments, settings))
    async with stored(arguments) as files, _ending(arguments, files):
        if not named:
            file.add()
        ring = files.seal.contents.ring
        count = await reseal(files.state, ring)
        await _note(files, compromised=arguments.compromised)
        if arguments.compromised:
            async with files.state.writing() as transaction:
                end_all(transaction)
        if named:
            others = [key.id for key in named[1:]]
        else:
            count += await reseal(files.state, ring)  # what a server sealed by the old key meanwhile
            others = [] if arguments.compromised else [key.id for key in ring.keys[1:2]]
            file.keep(newest=1 + len(others))
    say(f"The key {ring.first!r} seals now. Seals that were made anew: {count:,}.", sys.stdout)
    if named and others:
        say(
            f"Nothing is sealed by {', '.join(map(repr, others))} any more: take them out of `secrets.keys`.",
            sys.stdout,
        )
    elif named:
        say("To replace it, name a new key before it in `secrets.keys`, and rotate again.", sys.stdout)
    elif others:
        say(f"The key before it, {others[0]!r}, still opens, and goes with the next rotation.", sys.stdout)
    else:
        say(
            "Older keys are gone: copies of the state that were made before cannot be read with what is here.",
            sys.stdout,
        )
    return 0


async def _note(files: Filed, *, compromised: bool) -> None:
    """In the journal of each database. New contents of a record get a new key where the old ones may be known."""
    from ...caller import Caller
    from ...changes.journal.entry_for_all import append_for_all
    from ...changes.plans.plan import Who
    from ...local.places import user_name

    who = Who(Caller(user_name(), ""), "filemaker-mcp secrets rotate")
    async with files.state.writing() as transaction:
        if compromised:
            transaction.put("UPDATE data_key SET subject = ''")
        facts = {"compromised": compromised}
        await append_for_all(files.journal, transaction, who, "rotated", lambda _: facts)
