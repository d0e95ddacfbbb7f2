"""Where a command finds what the server keeps."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..local.places import is_nowhere

if TYPE_CHECKING:
    from ..callers.ended_access import EndedAccess
    from ..changes.plans.stored_plans import Filed
    from ..config.settings import Settings
    from ..local.keys.key_file import KeyPlace
    from ..local.state.state_place import StatePlace


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
async def stored(arguments: argparse.Namespace, *, makes: bool = False) -> AsyncGenerator[Filed]:
    """What the state holds, for a command. Where the settings are there it `makes` the first one: a key, an invitation and a stop
    may come before the first start. `--state` names one that is there."""
    from ..changes.plans.stored_plans import filed

    settings = named_settings(arguments)
    place, key_file = state_place(arguments, settings), seal_key_file(arguments, settings)
    makes = makes and settings is not None and arguments.state is None
    async with filed(place, key_file, sealing_keys(settings), makes=makes) as files:
        yield files


def ended_access(arguments: argparse.Namespace, files: Filed) -> EndedAccess:
    """What was ended, beside the keys of these records."""
    from ..callers.ended_access import NAME, EndedAccess

    file = seal_key_file(arguments, named_settings(arguments)).with_name(NAME)
    return EndedAccess(file, lambda: files.state, time.monotonic)


def seal_key_file(arguments: argparse.Namespace, settings: Settings | None) -> Path:
    """`--seal-key`, else what the settings name, else the usual place."""
    from ..local.places import expanded, key_file

    named = os.environ.get("FILEMAKER_SEAL_KEY") if settings is None else settings.seal_key
    return arguments.seal_key or (expanded(Path(named)) if named else key_file())


def sealing_keys(settings: Settings | None) -> Sequence[KeyPlace]:
    """Those that the owner names."""
    from ..config.key_settings import SecretsSettings

    if settings is not None:
        return settings.secrets.places
    named = os.environ.get("FILEMAKER_SECRETS")
    try:
        return SecretsSettings.model_validate_json(named).places if named else ()
    except ValueError:
        raise ConfigurationError(
            'FILEMAKER_SECRETS takes JSON such as {"keys": [{"id": "a", "file": "..."}]}'
        ) from None


def state_place(arguments: argparse.Namespace, settings: Settings | None) -> StatePlace:
    """`--state`, else what the settings name, else the usual place."""
    from ..config.state_settings import state_in
    from ..local.places import expanded, state_file
    from ..local.state.state_place import StatePlace

    if arguments.state is not None:
        return StatePlace(expanded(arguments.state))
    if settings is not None:
        return StatePlace(state_file()) if settings.state is None else settings.state.place()
    named = os.environ.get("FILEMAKER_STATE")
    return state_in(named).place() if named else StatePlace(state_file())


def named_settings(arguments: argparse.Namespace) -> Settings | None:
    """In a terminal the settings are often elsewhere, in the desktop client's entry, so that their absence is no error here."""
    from ..config.configuration import configured

    try:
        return configured(os.environ, arguments.config)
    except ConfigurationError:
        if arguments.config is not None:
            raise
        return None


def nothing_kept(arguments: argparse.Namespace) -> str:
    """The sentence for a server that has kept nothing yet. Empty where there is something, or a file was named that is not there."""
    path = state_place(arguments, named_settings(arguments)).file
    if path is None or arguments.state is not None or is_nowhere(path) or path.exists():
        return ""
    return f"There is no journal yet: nothing was planned ({path} does not exist)."
