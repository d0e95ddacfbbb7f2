"""Files that plans carry or replaced, searched for a person: what stands in them is known by no item."""

from __future__ import annotations

from ...local.state.state import StateReader
from ..files.kept_files import KEPT, opened_file
from ..plans.plan_seal import Seal
from .file_text import text_of
from .found_contents import Found
from .linked_contents import LinkedContents
from .person import Person
from .stored_files import names

OF_DATABASE = (
    "SELECT digest FROM kept_file WHERE NOT EXISTS (SELECT 1 FROM file_use WHERE file_use.digest = kept_file.digest)"
    " OR EXISTS (SELECT 1 FROM file_use JOIN plan ON plan.id = file_use.plan WHERE file_use.digest = kept_file.digest"
    " AND plan.database = ?) ORDER BY digest"
)
USES = "SELECT plan.id, plan.made FROM file_use JOIN plan ON plan.id = file_use.plan WHERE file_use.digest = ? AND plan.database = ?"


class KeptContents:
    def __init__(self, seal: Seal, database: str, person: Person, contents: LinkedContents) -> None:
        self._seal = seal
        self._database = database
        self._person = person
        self._contents = contents
        self._naming: set[str] = set()
        self._closed: dict[str, str] = {}
        """Digest -> name of those that cannot be searched."""
        self._uses: set[tuple[str, str]] = set()

    async def look(self, reader: StateReader, found: Found) -> None:
        """Tells the contents which plans carry what; a file is opened once."""
        for row in await reader.rows(OF_DATABASE, self._database):
            digest = str(row["digest"])
            uses = await reader.rows(USES, digest, self._database)
            new = [use for use in uses if (str(use["id"]), digest) not in self._uses]
            if new or not uses:
                text = await self._text(reader, digest, found)
                for use in new:
                    self._uses.add((str(use["id"]), digest))
                    self._contents.add(text, "", plan=str(use["id"]), at=float(use["made"]))
            if digest in self._naming:
                found.target.files.add(digest)
            elif digest in self._closed:
                found.unsearched.append(f"{self._closed[digest]} (kept with a change)")

    async def _text(self, reader: StateReader, digest: str, found: Found) -> str:
        (row,) = await reader.rows(f"{KEPT} WHERE digest = ?", digest)
        opened = found.opened(lambda: opened_file(self._seal, row))
        if opened is None:
            return ""
        name, content = opened
        text = text_of(content)
        if names(self._person, name, text):
            self._naming.add(digest)
        elif text.unsearched:
            self._closed[digest] = name
        return "\n".join([name, *text.texts])
