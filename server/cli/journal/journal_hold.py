"""`filemaker-mcp journal hold`: what is kept from being retained away or forgotten."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ...text.one_line import one_line
from ..argument_types import day
from ..state_places import named_settings
from ..terminal import say
from ..terminal_text import wrapped
from .journal_place import journal_place, owner

if TYPE_CHECKING:
    from ...changes.erasure.hold import Hold
    from ...changes.plans.stored_plans import Filed


def add_hold(add: Callable[..., argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """The part and its own parts."""
    hold = add("hold", help="keep contents from being retained away or forgotten, for a reason")
    actions = hold.add_subparsers(dest="action", required=True, metavar="ACTION")
    put = actions.add_parser(
        "put", help="what is named together is held together: a layout's contents of a period"
    )
    put.add_argument("--reason", required=True, metavar="WORDS", help="why, for whoever looks later")
    put.add_argument("--plan", default="", metavar="ID", help="contents of this change")
    put.add_argument("--layout", default="", metavar="NAME", help="contents of records on this layout")
    put.add_argument("--key", default="", metavar="VALUE", help="contents that name this key")
    put.add_argument("--from", dest="since", type=day, metavar="DAY", help="contents of this day and later")
    put.add_argument("--to", dest="until", type=day, metavar="DAY", help="contents of this day and earlier")
    listed = actions.add_parser("list", help="every hold that stands, or with --all every one there was")
    listed.add_argument("--all", action="store_true", help="those that were released, too")
    release = actions.add_parser("release", help="end one")
    release.add_argument("hold", metavar="ID")
    for each in (put,):
        each.add_argument("--database", metavar="NAME", help="needed where several are kept")
    return [hold, put, listed, release]


async def run_hold(files: Filed, arguments: argparse.Namespace) -> int:
    from ...changes.erasure.hold import Hold, Holds

    holds = Holds(files.state, files.seal, files.journal)
    await files.state.row("SELECT 1 AS there")  # opened, so that the keys are there
    if arguments.action == "list":
        found = [each for each in await holds.all() if arguments.all or each.released is None]
        if not found:
            say("Nothing is held.", sys.stdout)
        for each in found:
            print(wrapped(one_line(_line(each)), ""))
        return 0
    if arguments.action == "release":
        released = await holds.release(arguments.hold, owner("journal hold"), time.time())
        say(f"{released} holds nothing any more.", sys.stdout)
        return 0
    place = await journal_place(files, named_settings(arguments), arguments.database)
    until = None if arguments.until is None else arguments.until + 24 * 3600
    put = await holds.put(
        Hold(
            "", place.identity, arguments.reason, arguments.plan, arguments.layout, arguments.key, arguments.since,
            until, time.time(),
        ),
        owner("journal hold"),
    )  # fmt: skip
    say(f"{put} stands.", sys.stdout)
    return 0


def _line(hold: Hold) -> str:
    parts = [f"{hold.id}  {hold.what}: {hold.reason}"]
    if (hold.since, hold.until) != (None, None):
        until = None if hold.until is None else hold.until - 1
        parts.append(f"from {_day(hold.since)} to {_day(until)}")
    parts.append(f"since {_day(hold.made)}")
    if hold.released is not None:
        parts.append(f"released {_day(hold.released)}")
    return "; ".join([*parts, hold.database])


def _day(moment: float | None) -> str:
    return "..." if moment is None else datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")
