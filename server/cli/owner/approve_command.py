"""`filemaker-mcp approve [ID]`: a person reads a plan at a terminal and agrees to it, or does not."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from ...errors import InputError
from ...text.one_line import one_line
from ..state_places import add_state_arguments, state_file
from ..terminal_text import beside, wrapped

if TYPE_CHECKING:
    from ...changes.plans.plan_store import Progress


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
    from ...changes.plans.stored_plans import filed

    with filed(state_file(arguments)) as files:
        if arguments.change is None:
            return _list(files.waiting(time.time()))
        ledger, progress = files.change(arguments.change)
        ledger.check_time(progress.plan)
        if progress.approved_by:
            print(f"{progress.plan.id} has been agreed to, by {progress.approved_by}.")
            return 0
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise InputError(
                "A person agrees at a terminal, and this is none",
                advice="Run it where you can type the answer.",
            )
        if not _agrees(progress):
            ledger.declined(progress.plan, progress.plan.who, "at a terminal")
            print("Nothing will be changed. The plan stays until it expires.")
            return 1
        ledger.agreed(progress.plan, progress.plan.who, "a person at a terminal")
    print("Agreed. The assistant can carry it out now; tell it to go on.")
    return 0


def _agrees(progress: Progress) -> bool:
    from ...changes.plans.plan_display import for_a_person

    letters = progress.plan.id.rpartition("-")[2]
    print()
    for line in for_a_person(progress.plan, "somebody has to agree to this plan").splitlines():
        words = line.lstrip()
        print(beside(f" {line[: len(line) - len(words)]}", words, sys.stdout))
    print()
    try:
        said = input(f"Type {letters} to agree, anything else to leave everything as it is: ")
    except EOFError:
        return False
    return said.strip().casefold() == letters


def _list(waiting: list[Progress]) -> int:
    if not waiting:
        print("No plan waits.")
        return 0
    for progress in waiting:
        print(f"{progress.plan.id}\n    {one_line(progress.plan.heading)}, in {progress.plan.database}")
    print()
    print(wrapped("'filemaker-mcp approve ID' shows one and asks.", ""))
    return 0
