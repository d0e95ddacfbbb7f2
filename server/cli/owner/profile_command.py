"""`filemaker-mcp profile LAYOUT...`: look at samples of the data and draft solution notes for the owner to read and approve."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError, InputError
from ..argument_types import whole_number
from ..database_choice import one_database
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...config.settings import Settings
    from ...profiling.notes_draft import Profile

LEAST, MOST = 50, 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("layouts", metavar="LAYOUT", nargs="+", help="the layouts to look at")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="which one, where several are configured")
    parser.add_argument(
        "--sample",
        type=whole_number,
        default=2_000,
        metavar="N",
        help="records of each layout, 2,000 unless given",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="a new file for the draft; else it is printed"
    )
    parser.epilog = (
        "The draft applies to nothing before its owner approves it and names it in the configuration."
    )


def run(arguments: argparse.Namespace) -> int:
    from ...config.configuration import configured
    from ...profiling.notes_draft import drafted

    if not LEAST <= arguments.sample <= MOST:
        raise InputError(f"--sample takes {LEAST} to {MOST:,} records, not {arguments.sample}")
    settings = configured(os.environ, arguments.config)
    name, _ = one_database(settings, arguments.database)
    if arguments.output is not None and arguments.output.exists():
        raise InputError(
            f"{arguments.output} is there already", advice="Name a new file; nothing is overwritten."
        )
    profiles = asyncio.run(
        _profiles(settings, name, list(dict.fromkeys(arguments.layouts)), arguments.sample)
    )
    for profile in profiles:
        sys.stderr.write(f"{profile.sample.layout.name}: {profile.sample.said}\n")
        sys.stderr.writelines(f"{wrapped(line, '  - ')}\n" for line in profile.summary)
    draft = drafted(profiles)
    if arguments.output is None:
        print(draft, end="")
    else:
        _put(arguments.output, draft)
        sys.stderr.write(
            f"Drafted {arguments.output}. Read it, approve it in its first lines, and set "
            f'notes = "{arguments.output.name}" under [database.{name}].\n'
        )
    return 0


async def _profiles(settings: Settings, name: str, layouts: list[str], most: int) -> list[Profile]:
    """Without the notes there are: what they leave out is to be looked at too."""
    from ...app.app import build
    from ...profiling.notes_draft import profiled

    plain = settings.database[name].model_copy(update={"notes": None})
    application = build(settings.model_copy(update={"database": {name: plain}, "runbooks": None}))
    try:
        database = application.workspaces[name].database
        for layout in layouts:  # a misspelt name is told before anything is read
            await database.layout(layout)
        return [await profiled(database, layout, most) for layout in layouts]
    finally:
        await application.close()


def _put(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
