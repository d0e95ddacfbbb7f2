"""Which text of outsiders was read since the server started, in whatever database: what it says may be carried to another."""

from __future__ import annotations

from collections.abc import Iterable


class Outsiders:
    def __init__(self) -> None:
        self._read: dict[str, set[str]] = {}

    def note(self, database: str, fields: Iterable[str]) -> None:
        self._read.setdefault(database, set()).update(fields)

    def seen_from(self, database: str) -> frozenset[str]:
        """The fields, with the name of their database where that is another one."""
        return frozenset(
            name if place == database else f"{name} in {place}"
            for place, names in self._read.items()
            for name in names
        )
