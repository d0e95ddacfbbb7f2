"""Where a command finds what the server keeps."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import ConfigurationError
from ..local.places import is_nowhere

if TYPE_CHECKING:
    from ..changes.plans.stored_plans import Filed


def add_state_arguments(parser: argparse.ArgumentParser, *parts: argparse.ArgumentParser) -> None:
    """For a command and its parts (`journal list`): they may stand before or behind the part."""
    for each in (parser, *parts):
        default = (
            None if each is parser else argparse.SUPPRESS
        )  # else the part would forget what stood before it
        each.add_argument(
            "--config", type=Path, metavar="FILE", default=default, help="configuration file (TOML)"
        )
        each.add_argument(
            "--state",
            type=Path,
            metavar="FILE",
            default=default,
            help="state file, where it is not the configured one",
        )
        each.add_argument(
            "--seal-key",
            type=Path,
            metavar="FILE",
            default=default,
            help="file of the key that seals agreements, where it is not the configured one",
        )


@asynccontextmanager
async def stored(arguments: argparse.Namespace) -> AsyncGenerator[Filed]:
    """What the state file holds, for a command."""
    from ..changes.plans.stored_plans import filed
    from ..local.places import key_file

    key = arguments.seal_key or _configured(arguments, "seal_key") or key_file()
    async with filed(state_file(arguments), key) as files:
        yield files


def state_file(arguments: argparse.Namespace) -> Path:
    """`--state`, else what the settings name, else the usual place. In a terminal the settings are often elsewhere, in the
    desktop client's entry, so that their absence is no error here."""
    from ..local import places

    return arguments.state or _configured(arguments, "state") or places.state_file()


def nothing_kept(arguments: argparse.Namespace) -> str:
    """The sentence for a server that has kept nothing yet. Empty where there is something, or a file was named that is not there."""
    path = state_file(arguments)
    if arguments.state is not None or is_nowhere(path) or path.exists():
        return ""
    return f"There is no journal yet: nothing was planned ({path} does not exist)."


def _configured(arguments: argparse.Namespace, setting: Literal["state", "seal_key"]) -> Path | None:
    from ..config.configuration import configured
    from ..local.places import expanded

    try:
        settings = configured(os.environ, arguments.config)
    except ConfigurationError:
        if arguments.config is not None:
            raise
        named = os.environ.get(f"FILEMAKER_{setting.upper()}")
        return expanded(Path(named)) if named else None
    return settings.state if setting == "state" else settings.seal_key
