"""Which file holds the table of an occurrence, and what the account may do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..model import Field, Table
from ..sign_in.privileges import Access
from ..sign_in.sessions import Session
from ..solutions.files import Files
from ..solutions.hosted_file import HostedFile
from ..store.store import Store


@dataclass(frozen=True)
class Source:
    """An occurrence, the file whose graph it stands in, and the file that holds its table."""

    occurrence: str
    home: HostedFile
    file: HostedFile
    table: Table

    @property
    def store(self) -> Store:
        return self.file.store_for(self.table.name)


class Sources:
    """The files of a call: the one it signed in to, and those that its occurrences lead to."""

    def __init__(
        self, files: Files, session: Session, open_source: Callable[[Session, HostedFile], Access]
    ) -> None:
        self.files = files
        self.session = session
        self.file = files.require(session.file)
        self._open_source = open_source

    def source(self, occurrence: str, home: HostedFile | None = None) -> Source:
        """Opens the file of an external table if it has to. Raises Refusal 100 when that fails (section 4.4)."""
        home = home or self.file
        found = home.model.occurrences[occurrence]
        owner = self.files.owner(home, found)
        self.access_to(owner)
        return Source(occurrence, home, owner, owner.model.tables[found.table])

    def own_source(self, source: Source) -> Source:
        """The occurrence of the table's own name in its own file, where its calculations start."""
        return Source(source.table.name, source.file, source.file, source.table)

    def access_to(self, file: HostedFile) -> Access:
        if file.name == self.session.file:
            return self.session.access
        access = self.session.opened.get(file.name)
        if access is None:
            access = self.session.opened[file.name] = self._open_source(self.session, file)
        return access

    def field_access(self, source: Source, field: Field) -> str:
        return self.access_to(source.file).field(source.table.name, field.name)
