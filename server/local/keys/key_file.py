"""Where keys are: those that the owner names, else a file that is made beside the key of the journal."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import ConfigurationError
from ..places import is_nowhere, no_home
from ..private_files import write_private
from ..unfinished_file import unfinished_file
from .key_ring import LENGTH, KeyRing, SecretKey

NAME = "secrets.key"
LINE = re.compile(r"([0-9a-z]{1,20}) ([0-9a-f]{64})")
"""A key of the file made here: its id, and 32 bytes. The newest is the first."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """One of `secrets.keys`: a file, or a variable of the environment."""

    id: str
    file: Path | None = None
    env: str = ""

    def key(self, environment: Mapping[str, str] = os.environ) -> SecretKey:
        """Raises ConfigurationError."""
        where = f"The environment variable {self.env}" if self.file is None else f"The file {self.file}"
        try:
            material = (
                environment.get(self.env, "").encode() if self.file is None else self.file.read_bytes()
            ).strip()
        except OSError as failed:
            raise ConfigurationError(
                f"The key {self.id!r} of `secrets.keys` cannot be read from {self.file}: {failed.strerror}"
            ) from None
        if len(material) < LENGTH:
            raise ConfigurationError(
                f"{where} holds no key: {self.id!r} of `secrets.keys` takes at least {LENGTH} random bytes",
                advice="'openssl rand -hex 32' makes one.",
            )
        return SecretKey(self.id, material)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys of an owner who names none: a line for each."""

    path: Path

    @classmethod
    def beside(cls, seal_key: Path) -> KeyFile:
        return cls(seal_key.with_name(NAME))

    def keys(self) -> list[SecretKey]:
        """Made when there are none. Raises ConfigurationError."""
        try:
            if not self.path.exists():
                self._make()
            lines = [LINE.fullmatch(line) for line in self.path.read_text("utf-8").split("\n") if line]
        except (OSError, UnicodeDecodeError) as failed:
            if is_nowhere(self.path):
                raise no_home("the key by which contents are sealed", "FILEMAKER_SEAL_KEY") from None
            raise ConfigurationError(
                f"The key by which contents are sealed cannot be kept in {self.path}: {getattr(failed, 'strerror', '') or failed}",
                advice="Name keys with the setting `secrets.keys`, or another folder with `seal_key`.",
            ) from None
        keys = [SecretKey(found[1], bytes.fromhex(found[2])) for found in lines if found is not None]
        if not keys or len(keys) < len(lines):
            raise ConfigurationError(
                f"{self.path} holds no keys as they were written",
                advice="Put back a copy of it. Without its keys, contents that were sealed by them cannot be read.",
            )
        return keys

    def stamp(self) -> object:
        """Another one when the file is another one."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_ino

    def add(self) -> SecretKey:
        """A new key, which seals from now on; the others go on opening."""
        older, key = self.keys(), _new()
        self._write([key, *older])
        return key

    def keep(self, newest: int) -> list[str]:
        """The older ones are gone, and what they sealed is closed for good. The ids of those."""
        keys = self.keys()
        self._write(keys[:newest])
        return [key.id for key in keys[newest:]]

    def _make(self) -> None:
        """Of several processes that make it, one does."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished_file(self.path.parent) as file:
            file.path.write_text(_line(_new()), "utf-8")
            file.finished([self.path])

    def _write(self, keys: Sequence[SecretKey]) -> None:
        write_private(self.path, "".join(map(_line, keys)))


def ring_of(named: Sequence[KeyPlace], file: KeyFile) -> KeyRing:
    """The owner's keys; those of the file where none is named."""
    if named:
        return KeyRing(lambda: [place.key() for place in named])
    return KeyRing(file.keys, file.stamp)


def _new() -> SecretKey:
    return SecretKey(secrets.token_hex(4), secrets.token_bytes(LENGTH))


def _line(key: SecretKey) -> str:
    return f"{key.id} {key.material.hex()}\n"
