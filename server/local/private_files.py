"""Files that only their owner can read, written whole."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ..errors import ConfigurationError
from .unfinished_file import OWNER_ALONE, unfinished_file


def check_writable(path: Path) -> None:
    """Raises ConfigurationError where a file cannot come to be at a path; looks only, and makes nothing."""
    if os.path.isdir(path):  # noqa: PTH112 -- Path raises for what lies in a folder of somebody else
        raise ConfigurationError(f"{path} is a folder; name a file in it")
    there = next(p for p in (path, *path.absolute().parents) if os.path.exists(p))  # noqa: PTH110 -- likewise
    if not os.access(there, os.W_OK) or (there != path and not os.path.isdir(there)):  # noqa: PTH112 -- likewise
        raise ConfigurationError(
            f"{path} cannot be written: {there} does not allow it",
            advice="Name another file, or set HOME to a folder of your own.",
        )


def write_private(path: Path, text: str) -> None:
    """Folder 0700 where it is new, file 0600, put in place at once. On Windows the user's folder keeps others out."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put(path, text, OWNER_ALONE)


def kept_key(path: Path) -> bytes:
    """The random key in a file of its owner's, made when there is none. Of several processes that make it, one does.

    Raises OSError where it can be neither read nor written.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished_file(path.parent) as file:
            file.path.write_text(secrets.token_hex(32), "ascii")
            file.finished([path])
    return path.read_bytes()


def write_whole(path: Path, text: str) -> None:
    """The same for a file that is no secret; it keeps the permissions that it has."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    _put(path.resolve(), text, mode)


def _put(path: Path, text: str, mode: int) -> None:
    with unfinished_file(path.parent, mode) as file:
        file.path.write_text(text, "utf-8")
        file.replaces(path)
