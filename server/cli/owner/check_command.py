"""`filemaker-mcp check`: everything the owner wrote, held against itself and the host; for a deployment hook."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InputError
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from .deployment_finding import Finding

SUBJECTS = ("policy", "notes", "runbooks", "scripts", "map")
FINE, PERSON, CONFIGURATION, AWAY = 0, 1, 2, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Checks what you wrote: the policy, the solution notes, the runbooks, the declared scripts and the solution map. With "
        "--live it is held against the host, and what changed there since the last look is told once."
    )
    parser.epilog = (
        "Exit status: 0 nothing to look at; 1 a person has to look; 2 the command line, the configuration or one of its files "
        "is wrong; 5 the host is away or the file is closed, as while it is being updated. A change of the schema alone is 0."
    )
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"what to check: {', '.join(SUBJECTS)}"
    )
    parser.add_argument("--all", action="store_true", help="check everything there is")
    parser.add_argument("--live", action="store_true", help="ask the host too")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="only this one of the configured databases")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: argparse.Namespace) -> int:
    subjects = _subjects(arguments)
    findings = asyncio.run(_found(arguments, subjects))
    status = _status(findings)
    if arguments.json:
        facts = {"exit": status, "checked": list(subjects), "found": [each.facts for each in findings]}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return status
    for database in dict.fromkeys(each.database for each in findings):
        print(wrapped(f"{database or 'Beside the databases'}:", ""))
        for each in findings:
            if each.database == database:
                print(wrapped(each.sentence, f"  {each.mark} "))
    what = ", ".join(subjects)
    count = sum(each.status != FINE for each in findings)
    told = "nothing to look at" if not count else f"{count} thing{'s' if count > 1 else ''} to look at"
    print(wrapped(f"Checked {what}{' beside the host' if arguments.live else ''}: {told}.", ""))
    return status


def _subjects(arguments: argparse.Namespace) -> tuple[str, ...]:
    unknown = [name for name in arguments.subjects if name not in SUBJECTS]
    if unknown:
        raise InputError(
            f"{unknown[0]!r} is nothing that can be checked", advice=f"There is {', '.join(SUBJECTS)}."
        )
    if arguments.all == bool(arguments.subjects):
        raise InputError(
            "check takes what to check, or --all",
            advice=f"Name {', '.join(SUBJECTS)}, or everything with --all.",
        )
    return SUBJECTS if arguments.all else tuple(name for name in SUBJECTS if name in arguments.subjects)


def _status(findings: list[Finding]) -> int:
    """A mistake in what was written comes first: waiting for the host mends nothing of it."""
    met = {each.status for each in findings}
    return next((status for status in (CONFIGURATION, AWAY, PERSON) if status in met), FINE)


async def _found(arguments: argparse.Namespace, subjects: tuple[str, ...]) -> list[Finding]:
    from ...app.exposed_settings import exposed
    from ...config.configuration import configured
    from ..database_choice import chosen
    from .deployment_check import DeploymentCheck
    from .deployment_finding import Finding

    settings = configured(os.environ, arguments.config)
    check = DeploymentCheck(settings, frozenset(subjects), live=arguments.live)
    found = [finding for name in chosen(settings, arguments.database) for finding in await check.of(name)]
    if "policy" in subjects:
        found += [
            Finding("", "policy", sentence, PERSON)
            for sentence in exposed(settings, os.environ, arguments.config)
        ]
    return found
