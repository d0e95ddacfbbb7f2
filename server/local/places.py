"""Who runs this program, and the folders of theirs that it uses. Services and containers may have neither a name nor a home."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path

from ..errors import ConfigurationError

PROGRAM = "filemaker-mcp"
NOWHERE = Path(os.devnull)
"""Stands for the home of an account without one: nothing can be made below it, so that what needs no file works on."""


def user_name() -> str:
    """The account of the operating system; its number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # ImportError: Windows without the variables
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def home() -> Path:
    return _place(Path.home)


def expanded(path: Path) -> Path:
    """With `~` as the home folder. Raises ConfigurationError where there is none."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ConfigurationError(
            f"{path} begins with a home folder that is not known",
            advice="Set HOME, or write the path from the root.",
        ) from None


def documentation() -> Path:
    """The folder with README.md and `docs`: in a checkout that of `server`, in an installation the package."""
    return Path(__file__).resolve().parents[2]


def config_file() -> Path:
    """Where the configuration is looked for by itself."""
    import platformdirs

    return _place(lambda: platformdirs.user_config_path(PROGRAM, appauthor=False)) / "config.toml"


def key_file() -> Path:
    """Where the key that seals agreements is kept: beside the configuration, never beside the state."""
    return config_file().with_name("seal.key")


def bearer_file() -> Path:
    """Where the bearer is kept that lets in over HTTP from this machine."""
    return config_file().with_name("http.bearer")


def state_file() -> Path:
    """Where plans, journal and jobs are kept."""
    import platformdirs

    return _place(lambda: platformdirs.user_data_path(PROGRAM, appauthor=False)) / "state.db"


def sign_in_folder() -> Path:
    """Where kept sign-ins are."""
    import platformdirs

    return _place(lambda: platformdirs.user_state_path(PROGRAM, appauthor=False)) / "sign-in"


def files_folder() -> Path:
    """Where a person looks for exports: among their documents."""
    import platformdirs

    return _place(platformdirs.user_documents_path) / "FileMaker files"


def is_nowhere(path: Path) -> bool:
    """Whether a place would be in the home of an account that has none."""
    return NOWHERE in (path, *path.parents)


def no_home(what: str, variable: str) -> ConfigurationError:
    """The sentence about a place that is nowhere. `variable` names another place for it."""
    return ConfigurationError(
        f"There is no place for {what}: this account has no home folder",
        advice=f"Name one with {variable}, or set HOME.",
    )


def _place(find: Callable[[], Path]) -> Path:
    try:
        place = find()
    except (RuntimeError, KeyError, OSError):
        return NOWHERE
    return place if place.is_absolute() else NOWHERE
