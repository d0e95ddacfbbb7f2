"""`filemaker-mcp journal export FILE`: the journal of a time, for an auditor, as CSV or PDF."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError, InputError
from ...text.near_names import folded
from ..state_places import named_settings
from ..terminal import say
from .journal_place import JournalPlace, journal_place

if TYPE_CHECKING:
    from ...changes.plans.stored_plans import Filed

ENDINGS = (".csv", ".pdf")


def add_audit(export: argparse.ArgumentParser) -> None:
    export.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a new .csv or .pdf for an auditor: who, when, what, before and after",
    )
    export.add_argument(
        "--layout", action="append", default=[], metavar="NAME", help="in FILE: only records of this layout"
    )
    export.add_argument(
        "--font",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="in a PDF: a font to be used first",
    )
    export.add_argument("--database", metavar="NAME", help="in FILE: needed where several are kept")


async def run_audit(files: Filed, arguments: argparse.Namespace) -> int:
    from ...app.owner_policy import policy_of
    from ...changes.audit.audit_pdf import write_pages
    from ...changes.audit.audit_table import write_table
    from ...changes.audit.audit_trail import audit_lines, chain_proof
    from ...changes.audit.journal_check import journal_faults
    from ...local.unfinished_file import unfinished_file
    from ...policy.stored_values import closes_fields, told_by_name

    target: Path = Path.cwd() / arguments.file
    if target.suffix.lower() not in ENDINGS:
        raise InputError(
            f"{target.name} is neither a .csv nor a .pdf", advice="Name the file by what it is to be."
        )
    place = await journal_place(files, named_settings(arguments), arguments.database)
    until = time.time() if arguments.until is None else arguments.until + 24 * 3600
    faults = await journal_faults(files.state, files.seal, counts=not files.state.is_shared)
    proof = await chain_proof(files.state, place.identity, arguments.since, until, len(faults))
    if proof is None:
        say("Nothing was written down in that time.")
        return 1
    entries = await files.journal.entries(database=place.identity, since=arguments.since, limit=sys.maxsize)
    policy = None if place.settings is None or arguments.without_fields else policy_of(place.settings)
    lines = audit_lines(
        entries[::-1], _nothing if policy is None else partial(told_by_name, policy), until=until,
        layouts=[folded(name) for name in arguments.layout], with_notes=policy is not None and not closes_fields(policy),
    )  # fmt: skip
    missing: list[str] = []
    try:
        with unfinished_file(target.parent) as file:
            if target.suffix.lower() == ".csv":
                write_table(file.path, lines, proof)
            else:
                missing = write_pages(
                    file.path, _title(place, arguments.since, until), lines, proof, arguments.font
                )
            if file.finished([target]) is None:
                raise InputError(f"{target} is there already", advice="Name a new file.")
    except OSError as failed:
        raise ConfigurationError(f"{target} cannot be written: {failed.strerror}") from failed
    say(f"{len(lines):,} lines are in {target}. Keep it like the records it tells of.", sys.stdout)
    if place.settings is None:
        say(
            "No configuration says what may be shown of this database, so no contents are in it. Name it with --config.",
            sys.stdout,
        )
    if missing:
        shown = " ".join(missing[:20])
        say(
            f"No font here has a form for {len(missing)} characters ({shown}): name one with --font.",
            sys.stdout,
        )
    return 0


def _nothing(layout: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _title(place: JournalPlace, since: float, until: float) -> str:
    days: Callable[[float], str] = lambda at: datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d")  # noqa: E731
    start = "the beginning" if not since else days(since)
    return f"Changes made through filemaker-mcp, {start} to {days(until - 1)}"
