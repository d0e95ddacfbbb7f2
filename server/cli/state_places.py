"""Where a command finds what the server keeps."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import ConfigurationError


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


def state_file(arguments: argparse.Namespace) -> Path:
    """`--state`, else what the settings name, else the usual place. In a terminal the settings are often elsewhere, in the
    desktop client's entry, so that their absence is no error here."""
    from ..config.configuration import configured
    from ..local.state import default_state_file

    if arguments.state is not None:
        return arguments.state
    try:
        return configured(os.environ, arguments.config).state or default_state_file()
    except ConfigurationError:
        if arguments.config is not None:
            raise
    named = os.environ.get("FILEMAKER_STATE")
    return Path(named).expanduser() if named else default_state_file()
