"""Whether the state file can be written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ...errors import ConfigurationError
from ..places import is_nowhere, no_home
from .network_share import share_of


def prepare(path: Path) -> None:
    """The folder, and the file readable by its owner alone where the system knows such rights: it holds record contents.
    A file that is there is looked at and not opened. Raises ConfigurationError where it cannot be written."""
    if share := share_of(path):
        raise ConfigurationError(
            f"The state file {path} lies on a network share ({share}), where its locks do not hold",
            advice="Name a file on a disk of this machine, or PostgreSQL, with the setting `state`.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        problem = "" if path.is_file() and os.access(path, os.R_OK | os.W_OK) else "it is not writable"
    except OSError as failed:
        problem = failed.strerror or type(failed).__name__
    if problem and is_nowhere(path):
        raise no_home("plans and journal (the state file)", "FILEMAKER_STATE")
    if problem:
        raise ConfigurationError(
            f"The state file {path} cannot be written: {problem}",
            advice="Name another file with the setting `state` (FILEMAKER_STATE), or make its folder writable.",
        )
