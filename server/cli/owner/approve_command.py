"""`filemaker-mcp approve [ID]`: a person reads a plan at a terminal and agrees to it, or does not."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import InputError
from ...local.places import user_name
from ...text.one_line import one_line
from ..event_loop import run_async
from ..state_places import add_state_arguments, nothing_kept, stored
from ..terminal import say
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...changes.consent.person_consent import PersonConsent
    from ...changes.plans.plan import Plan
    from ...changes.plans.progress import Progress
    from ...policy import ShowAll


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "change",
        nargs="?",
        metavar="ID",
        help="the change, as the assistant names it; all that wait unless given",
    )
    add_state_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when somebody agreed, or when there was nothing to agree to; 1 when they did not."""
    if arguments.change is None and nothing_kept(arguments):
        return _list([])
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    async with stored(arguments) as files:
        if arguments.change is None:
            return _list(await files.waiting(time.time()))
        agreements, standing = await files.change(arguments.change)
        glance = standing.glance
        if glance is not None and glance.approved_by:
            say(f"{glance.id} has been agreed to, by {glance.approved_by}.", sys.stdout)
            return 0
        if glance is not None and not glance.is_untouched:
            say(
                f"{glance.id} was carried out, at least in part. There is nothing left to decide.", sys.stdout
            )
            return 0
        if glance is None or standing.is_expired:
            raise InputError(f"{arguments.change} has expired: a plan lasts a day", advice="Plan it again.")
        plan = await agreements.plan(glance.id)
        if await agreements.is_stopped(plan, user_name()):
            raise InputError(
                f"Changes are stopped for you, or for whoever asked for {plan.id}, so nobody agrees to it",
                advice="'filemaker-mcp halt --show' lists what is stopped.",
            )
        if plan.four_eyes and plan.who.caller.id == user_name():
            raise InputError(
                f"You asked for {plan.id} yourself, and the owner wants somebody else to agree to it",
                advice="Another person of this machine runs the same command.",
            )
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise InputError(
                "A person agrees at a terminal, and this is none",
                advice="Run it where you can type the answer.",
            )
        consent = _read(plan, await agreements.show_all(plan.id))
        if consent is None:
            await agreements.declined(plan, plan.who, "at a terminal", user_name())
            print(wrapped("Nothing will be changed. The plan stays until it expires.", ""))
            return 1
        await agreements.agreed(plan, plan.who, replace(consent, person=user_name()))
    print(wrapped("Agreed. The assistant can carry it out now; tell it to go on.", ""))
    return 0


def _read(plan: Plan, show_all: ShowAll) -> PersonConsent | None:
    from rich.console import Console

    from ...approval.plan_inspection import PlanInspection
    from .plan_reader import SIZE, PlanReader

    console = Console(highlight=False, emoji=False, markup=False)
    return PlanReader(console, PlanInspection(plan, show_all, SIZE)).read()


def _list(waiting: list[Progress]) -> int:
    if not waiting:
        say("No plan waits.", sys.stdout)
        return 0
    for progress in waiting:
        print(f"{progress.plan.id}\n    {one_line(progress.plan.heading)}, in {progress.plan.place}")
    print()
    print(wrapped("'filemaker-mcp approve ID' shows one and asks.", ""))
    return 0
