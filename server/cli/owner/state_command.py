"""`filemaker-mcp state`: a copy of the records that are kept here, and what to do after one was put back."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ..event_loop import run_async
from ..state_places import add_state_arguments, ended_access, stored
from ..terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    backup = parts.add_parser("backup", help="a whole copy, also while servers write; for its owner alone")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file")
    restored = parts.add_parser(
        "restored", help="after a copy was put back: plans made before are not carried out any more"
    )
    migrate = parts.add_parser(
        "migrate", help="make the tables in PostgreSQL, or bring them up to date; as the role that owns them"
    )
    migrate.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="copy a state file into it, and verify both journals",
    )
    migrate.add_argument("--role", metavar="ROLE", help="give a server's role what it needs, and no more")
    migrate.add_argument(
        "--keeper", metavar="ROLE", help="give another role what `journal retain` and `secrets` need"
    )
    add_state_arguments(parser, backup, restored, migrate)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...authorization.caller_roll import end_all
    from ...caller import Caller
    from ...changes.plans.handover import restored
    from ...changes.plans.plan import Who
    from ...local.places import expanded, user_name

    if arguments.what == "migrate":
        from .state_migration import migrated

        return await migrated(arguments)
    async with stored(arguments) as files:
        if arguments.what == "backup":
            target = Path.cwd() / expanded(arguments.file)
            await files.state.copy(target)
            say(
                f"The state is in {target}. It holds record contents. The key that seals it (seal_key) is not in it.",
                sys.stdout,
            )
            return 0
        who = Who(Caller(user_name(), ""), "filemaker-mcp state restored")
        plans = await restored(files.state, files.journal, files.seal, who, time.time())
        await ended_access(arguments, files).put_back(end_all)
        await ended_access(arguments, files).look()
    say(f"{plans} plans that were made before are expired. Plan again what is still wanted.", sys.stdout)
    say(
        "Whoever was let in over HTTP signs in again, and keys are made anew by 'filemaker-mcp key add'.",
        sys.stdout,
    )
    say("What was forgotten since is in the copy again: run 'journal forget' for it once more.", sys.stdout)
    say("Look in FileMaker first: what was done since the copy was made is not in these records.", sys.stdout)
    return 0
