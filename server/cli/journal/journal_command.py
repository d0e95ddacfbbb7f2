"""`filemaker-mcp journal`: what was planned, agreed to and changed, for a person and for an audit."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ...text.one_line import one_line
from ..argument_types import day, whole_number
from ..event_loop import run_async
from ..state_places import add_state_arguments, nothing_kept, stored
from ..terminal import say
from ..terminal_text import beside, wrapped
from .journal_audit import add_audit, run_audit
from .journal_entries import line_of, print_entry, run_export
from .journal_forget import add_forget, run_forget
from .journal_hold import add_hold, run_hold
from .journal_retain import add_retain, run_retain
from .journal_verify import run_head, run_verify

if TYPE_CHECKING:
    from ...changes.plans.stored_plans import Filed
    from ...local.state.state import State

MORE = {"hold": run_hold, "retain": run_retain, "forget": run_forget}
READS = ("list", "export", "usage", "head")
"""Where there is no journal yet these have nothing to show, and nothing is wrong."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = parts.add_parser("list", help="what became of the latest changes, a line each time")
    listing.add_argument("--limit", type=whole_number, default=30, metavar="N")
    show = parts.add_parser("show", help="everything about one change")
    show.add_argument("change", metavar="ID")
    export = parts.add_parser(
        "export", help="all entries, the first first, to standard output; or an auditor's file"
    )
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument(
        "--from",
        dest="since",
        type=day,
        default=0.0,
        metavar="DAY",
        help="from that day on: 2026-11-01, today, yesterday",
    )
    export.add_argument("--to", dest="until", type=day, metavar="DAY", help="up to that day, and with it")
    export.add_argument("--without-fields", action="store_true", help="leave field contents out")
    add_audit(export)
    usage = parts.add_parser("usage", help="calls, requests and bytes by day and tool, or by caller")
    usage.add_argument("--days", type=whole_number, default=7, metavar="N")
    usage.add_argument("--by", choices=("tool", "caller"), default="tool", help="what each day is told by")
    verify = parts.add_parser("verify", help="whether the chain of entries is whole; fails when it is not")
    adopt = parts.add_parser(
        "adopt", help="give the plans and jobs of an account that was renamed to its new name"
    )
    adopt.add_argument("--from", dest="old", required=True, metavar="OLD", help="FileMaker account as it was")
    adopt.add_argument("--to", dest="new", required=True, metavar="NEW", help="as it is called now")
    verify.add_argument(
        "--head",
        type=Path,
        metavar="FILE",
        help="what 'journal head' printed before: shows that the end was cut",
    )
    head = parts.add_parser("head", help="the end of each database's chain, to be kept elsewhere")
    more = [*add_hold(parts.add_parser), add_retain(parts.add_parser), add_forget(parts.add_parser)]
    add_state_arguments(parser, *more, listing, show, export, usage, verify, head, adopt)


def run(arguments: argparse.Namespace) -> int:
    if arguments.what in READS and (none := nothing_kept(arguments)):
        print(wrapped(none, ""), file=sys.stdout if arguments.what == "list" else sys.stderr)
        return 0
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    async with stored(arguments) as files:
        if arguments.what == "verify":
            return await run_verify(files, arguments.head)
        if arguments.what == "head":
            return await run_head(files)
        if arguments.what == "export":
            is_audit = arguments.file is not None
            return await (run_audit(files, arguments) if is_audit else run_export(files.journal, arguments))
        if arguments.what == "adopt":
            return await _adopt(files, arguments.old, arguments.new)
        if arguments.what in MORE:
            return await MORE[arguments.what](files, arguments)
        if arguments.what == "usage":
            return await _usage(files.state, arguments.days, arguments.by)
        if arguments.what == "show":
            entries = await files.journal.entries(plan=arguments.change)
            if not entries:
                say(f"The journal has nothing about {arguments.change}.")
                return 1
            for entry in reversed(entries):
                print_entry(entry)
            return 0
        entries = await files.journal.entries(limit=arguments.limit, by_record=False)
        if not entries:
            say("Nothing was planned or changed yet.", sys.stdout)
            return 0
        for entry in reversed(entries):
            print(wrapped(one_line(line_of(entry)), ""))
    print()
    print(wrapped("'filemaker-mcp journal show ID' tells everything about one.", ""))
    return 0


async def _adopt(files: Filed, old: str, new: str) -> int:
    """What the old name owned belongs to the new one; written down, since it decides who sees and applies what."""
    from ...caller import Caller
    from ...changes.plans.handover import hand_over
    from ...changes.plans.plan import Who
    from ...local.places import user_name
    from ...text.near_names import folded

    who = Who(Caller(user_name(), ""), "filemaker-mcp journal adopt")
    async with files.state.writing() as transaction:
        moved = await hand_over(transaction, old=folded(old), new=folded(new))
        for database, number in moved.items():
            facts = {"from": folded(old), "to": folded(new), "number": number}
            await files.journal.append(
                transaction, database=database, who=who, plan="", event="adopted", facts=facts
            )
    if not moved:
        say(f"Nothing belongs to the account {old!r}.")
        return 1
    for database, number in moved.items():
        say(f"{database}: {number} plans, jobs and script runs belong to {new!r} now.", sys.stdout)
    return 0


async def _usage(state: State, days: int, by: str) -> int:
    from ...local.usage import megabytes

    since = (datetime.now().astimezone() - timedelta(days=days - 1)).date().isoformat()
    rows = await state.rows(
        f"SELECT day, database, {by} AS what, SUM(calls) AS calls, SUM(requests) AS requests, SUM(received) AS received"
        f" FROM usage WHERE day >= ? GROUP BY day, database, {by} ORDER BY day DESC, database, SUM(received) DESC",
        since,
    )
    if not rows:
        say(f"Nothing was asked of FileMaker in the last {days} days.", sys.stdout)
    for row in rows:
        figures = f"{int(row['calls']):>7,} calls {int(row['requests']):>8,} requests {megabytes(int(row['received'])):>12}"
        what = one_line(row["what"]) or "(before callers were told apart)"
        print(beside(f"{row['day']}  {what:<20} ", f"{figures}  {row['database']}", sys.stdout))
    return 0
