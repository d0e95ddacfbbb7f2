"""Where in a TOML text a key stands, so that a mistake can be named by its line."""

from __future__ import annotations

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")


class Places:
    """Lines of headings and of keys at the beginning of a line. What stands inside a value has its key's line."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        heading: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if stripped.startswith("[["):
                name = _resolved(_parts(stripped[2:])[0], counts)
                index = counts.get(name, -1) + 1
                counts[name] = index
                heading = (*name, index)
                self._lines.setdefault(name, number)
                self._lines[heading] = number
            elif stripped.startswith("["):
                heading = _resolved(_parts(stripped[1:])[0], counts)
                self._note(heading, number)
            else:
                parts, rest = _parts(line)
                if parts and rest.startswith("="):
                    self._note((*heading, *parts), number)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the path, or of the nearest thing that holds it."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(tuple(path[:length]))
            if found is not None:
                return found
        return 1

    def _note(self, path: Path, number: int) -> None:
        self._lines[path] = number
        for length in range(1, len(path)):
            self._lines.setdefault(path[:length], number)


def _parts(text: str) -> tuple[Path, str]:
    """A dotted key at the beginning of the text, and what follows it."""
    parts: list[str] = []
    position = 0
    while (found := _PART.match(text, position)) is not None:
        quoted, literal, bare = found.groups()
        parts.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else literal or bare or "")
        position = found.end()
        if position >= len(text) or text[position] != ".":
            break
        position += 1
    return tuple(parts), text[position:]


def _resolved(name: Path, counts: dict[Path, int]) -> Path:
    """`[[layouts.X.portals]]` below an array of tables belongs to its last member."""
    resolved: Path = ()
    for part in name:
        resolved = (*resolved, part)
        if resolved in counts and resolved != name:
            resolved = (*resolved, counts[resolved])
    return resolved
