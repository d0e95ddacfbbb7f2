"""Container contents: the solution's own files, and what was uploaded, in memory or in a folder beside the data file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_UPLOADED = "upload:"


@dataclass(frozen=True)
class Stored:
    name: str
    content: bytes


class ContainerStorage:
    """A container field's stored text is a path inside the solution folder, or `upload:KEY/NAME`."""

    def __init__(self, solution: Path, folder: Path | None) -> None:
        self._solution = solution
        self._folder = folder
        self._memory: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> str:
        """Keep the bytes. The text goes into the field."""
        key = secrets.token_hex(16).upper()
        if self._folder is None:
            self._memory[key] = content
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / key).write_bytes(content)
        return f"{_UPLOADED}{key}/{file_name(name)}"

    def get(self, text: str) -> Stored | None:
        """What the field's text stands for, or None when it is gone."""
        if text.startswith(_UPLOADED):
            key, _, name = text.removeprefix(_UPLOADED).partition("/")
            content = self._read(key)
            return None if content is None else Stored(name, content)
        path = self._solution / text
        # A field may hold any text. Only files inside the solution's folder are handed out.
        if not text or not path.resolve().is_relative_to(self._solution.resolve()) or not path.is_file():
            return None
        return Stored(path.name, path.read_bytes())

    def copy(self, text: str) -> str:
        """A duplicated record has contents of its own."""
        stored = self.get(text) if text.startswith(_UPLOADED) else None
        return text if stored is None else self.put(stored.name, stored.content)

    def drop(self, text: str) -> None:
        """Forget what was uploaded. The solution's own files stay."""
        if text.startswith(_UPLOADED):
            key = text.removeprefix(_UPLOADED).partition("/")[0]
            self._memory.pop(key, None)
            if self._folder is not None and key.isalnum():
                (self._folder / key).unlink(missing_ok=True)

    def _read(self, key: str) -> bytes | None:
        if self._folder is None:
            return self._memory.get(key)
        path = self._folder / key
        return path.read_bytes() if key.isalnum() and path.is_file() else None


def file_name(name: str) -> str:
    """The last part of a client's file name, without what a path or a header could misread."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(each for each in last if each.isprintable() and each not in '"')
    return clean or "Untitled"
