"""What a sign-in leaves for the next start: small secrets in files that only their owner can read."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from ..errors import ConfigurationError
from ..local.private_files import write_private
from .keychain import Keychain

log = logging.getLogger("filemaker_mcp")


class SavedLogins(Protocol):
    """Values by name. What cannot be read is as good as absent: the cost is one more sign-in, never a failure."""

    def read(self, name: str) -> Mapping[str, str] | None: ...

    def write(self, name: str, values: Mapping[str, str]) -> bool:
        """Whether it is kept now."""
        ...

    def delete(self, name: str) -> bool:
        """Whether there was anything."""
        ...

    def lock_file(self, name: str) -> Path:
        """Where processes take turns with it. It holds nothing."""
        ...


class LoginFiles:
    """One file each: folder 0700, file 0600, written whole and put in place at once (as `aws`, `gcloud` and `gh` keep theirs)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Mapping[str, str] | None:
        try:
            return _values(self._path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, name: str, values: Mapping[str, str]) -> bool:
        try:
            write_private(self._path(name), json.dumps(dict(values)))
        except OSError as error:
            log.warning("the sign-in cannot be kept in %s: %s", self._folder, error.strerror)
            return False
        return True

    def delete(self, name: str) -> bool:
        path = self._path(name)
        for unfinished in path.parent.glob(f"{path.name}.*"):  # of a process that was killed while it wrote
            unfinished.unlink(missing_ok=True)
        try:
            path.unlink()
        except OSError:
            return False
        return True

    def lock_file(self, name: str) -> Path:
        return self._path(name).with_suffix(".lock")

    def _path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


class LoginKeychain:
    """The same in the operating system's keychain. Only the locks are in the folder."""

    def __init__(self, folder: Path) -> None:
        self._locks = LoginFiles(folder)

    def read(self, name: str) -> Mapping[str, str] | None:
        try:
            text = Keychain().read(name)
        except ConfigurationError as error:
            log.warning("%s", error)
            return None
        return None if text is None else _values(text)

    def write(self, name: str, values: Mapping[str, str]) -> bool:
        try:
            Keychain().write(name, json.dumps(dict(values)))
        except ConfigurationError as error:
            log.warning("%s", error)
            return False
        return True

    def delete(self, name: str) -> bool:
        try:
            return Keychain().delete(name)
        except ConfigurationError:
            return False

    def lock_file(self, name: str) -> Path:
        return self._locks.lock_file(name)


def _values(text: str) -> Mapping[str, str] | None:
    try:
        read: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, dict):
        return None
    values = cast("Mapping[object, object]", read)
    return {str(k): v for k, v in values.items() if isinstance(v, str)}
