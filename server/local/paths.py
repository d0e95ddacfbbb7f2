"""The places on this machine that the product writes to, looked at before they are needed."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ConfigurationError
from .places import is_nowhere
from .state.state_file import prepare


def check_named(state: Path | None, files: Path | None) -> None:
    """Places that the owner named must work from the start. Raises ConfigurationError with what to do."""
    if state is not None:
        prepare(state)
    if files is not None and (problem := files_problem(files)):
        raise ConfigurationError(
            f"The files folder {files} cannot be used: {problem}",
            advice="Make it, or name another with the setting `files_folder`.",
        )


def files_problem(folder: Path, *, is_named: bool = True) -> str:
    """Why files cannot be written there; empty when they can. A folder that is missing is made when it is first needed: our own
    with all above it, one that the owner named only where it was to stand, since the rest may be a share that is not there."""
    if is_nowhere(folder):
        return "this account has no home folder"
    if folder.exists() and not folder.is_dir():
        return "it is not a folder"
    place = folder if folder.is_dir() else folder.parent
    while not is_named and not place.is_dir() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return f"there is no folder {place}"
    return "" if os.access(place, os.W_OK | os.X_OK) else f"{place} is not writable"
