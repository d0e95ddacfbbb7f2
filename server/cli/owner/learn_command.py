"""`filemaker-mcp learn FILE|FOLDER...`: read FileMaker's own description of a solution into a small map for its owner to approve."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError, FilemakerMcpError, InputError
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...solution_map.exports.export_reader import Learned
    from ...solution_map.solution import FileFacts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "exports",
        metavar="FILE|FOLDER",
        nargs="*",
        type=Path,
        help="what FileMaker wrote: Save a Copy as XML, or the Database Design Report as XML",
    )
    parser.add_argument(
        "--odata",
        action="store_true",
        help="ask the host's OData instead of reading a file: less, but without FileMaker Pro",
    )
    parser.add_argument(
        "--live", action="store_true", help="compare the map with what the configured host shows now"
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration file (TOML), for --odata and --live"
    )
    parser.add_argument("--database", metavar="NAME", help="which one, where several are configured")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        default=None,
        help="a new file for the map (default: FILE.map.json here)",
    )
    parser.epilog = (
        "The map applies to nothing before its owner approves it and names it in the configuration."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when a map was written; 2 for what cannot be read, and then there is none."""
    from ...solution_map.exports.export_reader import learned
    from ...solution_map.map_file import map_text

    if bool(arguments.exports) == arguments.odata:
        raise InputError("learn takes exports, or --odata", advice="Give the file that FileMaker wrote.")
    given = _asked(arguments) if arguments.odata else learned(arguments.exports, day=_today())
    output = arguments.output or Path(f"{_plain(next(iter(given.solution.files)))}.map.json")
    _put(output, map_text(given.solution))
    for line in report(given):
        sys.stderr.write(f"{wrapped(line, '')}\n")
    if arguments.live:
        sys.stderr.write(f"{wrapped(_compared(arguments, given), '')}\n")
    for line in after(output, is_file=not arguments.odata):
        sys.stderr.write(f"{wrapped(line, '')}\n")
    return 0


def _asked(arguments: argparse.Namespace) -> Learned:
    """What the host of the configured database says of it."""
    from ...app.credential_factory import CredentialFactory
    from ...app.odata_metadata import fetch_metadata
    from ...auth.clock import SystemClock
    from ...config.configuration import configured
    from ...solution_map.exports.export_reader import learned_from_odata
    from ..database_choice import one_database

    settings = configured(os.environ, arguments.config)
    _, database = one_database(settings, arguments.database)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "metadata.xml"
        asyncio.run(fetch_metadata(database, CredentialFactory.of(settings), SystemClock(), answer))
        return learned_from_odata(answer, database.file.removesuffix(".fmp12"), day=_today())


def _compared(arguments: argparse.Namespace, given: Learned) -> str:
    from ...config.configuration import configured
    from ...solution_map.atlas import Atlas
    from ..database_choice import one_database
    from .host_survey import held_against_host

    settings = configured(os.environ, arguments.config)
    name, database = one_database(settings, arguments.database)
    try:
        atlas = Atlas(given.solution, database.file)
    except KeyError:
        return f"This is a map of another solution: the host's file is {database.file!r}."
    try:
        comparison = asyncio.run(held_against_host(settings, name, atlas))
    except FilemakerMcpError as error:
        return f"The map could not be compared with the host: {error}"
    another = "This looks like another solution. " if comparison.is_another else ""
    return f"{another}Beside the host of {name!r}: {comparison}."


def report(given: Learned) -> list[str]:
    """What was taken and what was left out, for a person."""
    lines = [_taken(name, facts) for name, facts in given.solution.files.items()]
    if given.left_out:
        counts = ", ".join(f"{count:,} {what}" for what, count in given.left_out.items())
        lines.append(
            f"Left out, not a word of it is in the map: {counts}, the people who made changes, and all paths and host names."
        )
    if given.withheld:
        lines.append(
            f"{given.withheld:,} texts that look like secrets, addresses or people are [withheld] in formulas and comments."
        )
    unknown = [
        f"{name}::{occurrence}"
        for name, facts in given.solution.files.items()
        for occurrence, own in facts.occurrences.items()
        if not own.table or (own.file and own.file not in given.solution.files)
    ]
    if unknown:
        lines.append(
            f"Tables of other files, of which this export tells little: {', '.join(unknown[:8])}"
            f"{' and more' if len(unknown) > 8 else ''}. Give the exports of those files too."
        )
    if given.passed_over:
        lines.append(
            f"{len(given.passed_over):,} other XML files were passed over, such as {given.passed_over[0]}."
        )
    return lines


def after(output: Path, *, is_file: bool) -> list[str]:
    """What the owner does next."""
    lines = [
        f'Wrote {output}. Read it, put your name into approved, and set map = "{output.name}" under the database.'
    ]
    if is_file:
        lines.append(
            "Now delete the XML: it holds what opens your file (accounts, password data), and the map does not need it."
        )
    return lines


def _taken(name: str, facts: FileFacts) -> str:
    fields = sum(len(table.fields) for table in facts.tables.values())
    steps = sum(len(script.steps) for script in facts.scripts)
    version = f" (FileMaker {facts.filemaker})" if facts.filemaker else ""
    return (
        f"{name}{version}: {len(facts.tables):,} tables with {fields:,} fields, {len(facts.relations):,} relationships, "
        f"{len(facts.layouts):,} layouts, {len(facts.scripts):,} scripts with {steps:,} steps, "
        f"{len(facts.lists):,} value lists, {len(facts.privileges):,} privilege sets."
    )


def _plain(name: str) -> str:
    """The name that an export gives its file, as a name here and nowhere else."""
    return re.sub(r"[^\w .-]", "_", name).strip(". ") or "solution"


def _today() -> str:
    return datetime.now(UTC).astimezone().date().isoformat()


def _put(path: Path, text: str) -> None:
    from ...local.unfinished_file import unfinished_file

    try:
        with unfinished_file(path.parent) as file:
            file.path.write_text(text, "utf-8")
            if file.finished([path]) is None:
                raise InputError(
                    f"{path} is there already",
                    advice="Name a new file with --output; nothing is overwritten.",
                )
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
