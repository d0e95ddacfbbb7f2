"""The files that a host has, by name."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Occurrence, Table
from ..refusal import Refusal
from .hosted_file import HostedFile


class Files:
    def __init__(self) -> None:
        self._files: dict[str, HostedFile] = {}

    def add(self, file: HostedFile) -> None:
        self._files[file.name] = file

    def __iter__(self) -> Iterator[HostedFile]:
        return iter(self._files.values())

    def get(self, name: str) -> HostedFile | None:
        """Names are matched without case, and with or without their suffix (section 2.7 [U])."""
        found = self._files.get(name)
        if found is None:
            plain = name.casefold().removesuffix(".fmp12")
            found = next((each for each in self._files.values() if each.name.casefold() == plain), None)
        return found

    def require(self, name: str) -> HostedFile:
        """Raises Refusal 100 for a file that is not there or not open."""
        found = self.get(name)
        if found is None or found.closed:
            raise Refusal(100)
        return found

    def owner(self, home: HostedFile, occurrence: Occurrence) -> HostedFile:
        """The file that holds an occurrence's table."""
        return home if occurrence.file is None else self._files[occurrence.file]

    def table_of(self, home: HostedFile, occurrence: str) -> Table:
        found = home.model.occurrences[occurrence]
        return self.owner(home, found).model.tables[found.table]
