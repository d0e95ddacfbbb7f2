"""`filemaker-mcp certify`: whether the owner's server answers as the emulated host does, looked at on a scratch layout."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..terminal import say
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...certification.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Looks on a scratch layout of yours whether your FileMaker Server answers as the emulated host does: signing in, "
        "finding, editing, two sessions at one record, containers, scripts, undo, and sessions that end by themselves. "
        "It makes records that bear a mark and deletes them again, also those of a run that was broken off. "
        "The policy does not apply: you name the layout."
    )
    parser.epilog = "Exit status: 0 nothing differs; 1 something does, or the host could not be asked; 2 the command line or the configuration is wrong."
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="which one of the configured databases")
    parser.add_argument(
        "--layout", required=True, metavar="SCRATCH", help="layout on which records may be made and deleted"
    )
    parser.add_argument(
        "--mark", default="", metavar="FIELD", help="text field for the mark of the records made"
    )
    parser.add_argument("--script", default="", metavar="NAME", help="a script that exits with its parameter")
    parser.add_argument(
        "--hold-script",
        default="",
        metavar="NAME",
        help="a script that opens the record whose id is its parameter and pauses for five seconds",
    )
    parser.add_argument(
        "--view-only", default="", metavar="LAYOUT", help="a layout that the account may only look at"
    )
    parser.add_argument(
        "--server-version", type=int, metavar="N", help="major version of the server, such as 21"
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out what takes fifteen minutes of waiting"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    report = asyncio.run(_certified(arguments))
    if arguments.json:
        print(json.dumps(report.facts(), ensure_ascii=False, indent=2))
    else:
        for line in report.lines():
            print(wrapped(line.lstrip(), " " * (len(line) - len(line.lstrip()))))
        say(
            "\nThe report holds no name and no value of yours. If something differs, an issue with it makes the reference true."
        )
    return 1 if report.differences else 0


async def _certified(arguments: argparse.Namespace) -> Report:
    from ...app.certification_course import certification_course, emulated_host
    from ...app.credential_factory import CredentialFactory
    from ...app.sign_in_accounts import account_for
    from ...auth.clock import SystemClock
    from ...certification.course import Wishes
    from ...config.configuration import configured
    from ...errors import InputError
    from ..database_choice import one_database
    from .product_walk import product_walk

    settings = configured(os.environ, arguments.config)
    name, database = one_database(settings, arguments.database)
    if arguments.server_version is not None and arguments.server_version not in (
        known := emulated_host().profiles
    ):
        raise InputError(
            f"Nothing is known of a version {arguments.server_version}",
            advice=f"--server-version is one of {', '.join(map(str, known))}.",
        )
    wishes = Wishes(
        layout=arguments.layout,
        mark=arguments.mark,
        script=arguments.script,
        hold_script=arguments.hold_script,
        view_only=arguments.view_only,
        waits=not arguments.quick,
        version=arguments.server_version,
    )
    sign_ins = CredentialFactory.of(settings)
    course = certification_course(account_for(database), sign_ins, SystemClock(), _say)
    try:
        return await course.run(wishes, product_walk(settings, name))
    finally:
        await sign_ins.close()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
