"""A solution while its files are read: what is known so far, what was left out, and the texts that people must not see again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from ...errors import InputError
from ..script_facts import ScriptFacts
from ..solution import (
    FieldFacts,
    FileFacts,
    LayoutPlace,
    ListFacts,
    OccurrenceFacts,
    Privileges,
    Relation,
    TableFacts,
)


@dataclass
class FileDraft:
    """One FileMaker file, from one export or from several that each hold a part of it."""

    name: str
    filemaker: str = ""
    schema_version: str = ""
    parts: dict[str, str] = field(default_factory=dict[str, str])
    """Catalog -> the export that it came from."""
    tables: dict[str, TableFacts] = field(default_factory=dict[str, TableFacts])
    fields: dict[str, dict[str, FieldFacts]] = field(default_factory=dict[str, dict[str, FieldFacts]])
    """By the table's name; by its occurrence's name in the exports of FileMaker 18."""
    occurrences: dict[str, OccurrenceFacts] = field(default_factory=dict[str, OccurrenceFacts])
    relations: list[Relation] = field(default_factory=list[Relation])
    layouts: list[LayoutPlace] = field(default_factory=list[LayoutPlace])
    lists: dict[str, ListFacts] = field(default_factory=dict[str, ListFacts])
    scripts: list[ScriptFacts] = field(default_factory=list[ScriptFacts])
    steps: dict[int, ScriptFacts] = field(default_factory=dict[int, ScriptFacts])
    """What the steps say, by the script's id."""
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    privileges: dict[str, Privileges] = field(default_factory=dict[str, Privileges])
    extended: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Privilege set -> its extended privileges."""
    changed: str = ""
    left_out: Counter[str] = field(default_factory=Counter[str])
    people: set[str] = field(default_factory=set[str])
    """Names of accounts, people and machines. They are taken out of every text and never kept."""

    def begin(self, catalog: str, export: str) -> None:
        """Raises InputError where another export had this part already."""
        other = self.parts.setdefault(catalog, export)
        if other != export:
            raise InputError(
                f"{other} and {export} both describe {self.name}",
                advice="Give one export of each file; a map is made of one moment.",
            )

    def join(self, other: FileDraft) -> None:
        """Adds what another export says of the same file."""
        for catalog, export in other.parts.items():
            self.begin(catalog, export)
        self.tables.update(other.tables)
        self.fields.update(other.fields)
        self.occurrences.update(other.occurrences)
        self.lists.update(
            {n: facts for n, facts in other.lists.items() if n not in self.lists or facts != ListFacts()}
        )
        self.steps.update(other.steps)
        self.functions.update(other.functions)
        self.privileges.update(other.privileges)
        self.extended.update(other.extended)
        self.relations += other.relations
        self.layouts += other.layouts
        self.scripts += other.scripts
        self.changed = max(self.changed, other.changed)
        self.filemaker = self.filemaker or other.filemaker
        self.schema_version = self.schema_version or other.schema_version
        self.left_out.update(other.left_out)
        self.people |= other.people

    def finished(self) -> FileFacts:
        tables: dict[str, TableFacts] = {}
        for name, table in self.tables.items():
            occurrences = [
                o for o, facts in self.occurrences.items() if facts.table == name and not facts.file
            ]
            fields = self.fields.get(name) or next(
                (self.fields[o] for o in occurrences if o in self.fields), dict[str, FieldFacts]()
            )
            tables[name] = replace(table, fields=table.fields or fields)
        scripts = [_with_steps(each, self.steps.get(each.id)) for each in self.scripts]
        privileges = {
            name: replace(rights, extended=tuple(sorted({*rights.extended, *self.extended.get(name, ())})))
            for name, rights in self.privileges.items()
        }
        return FileFacts(
            tables,
            self.occurrences,
            tuple(self.relations),
            tuple(self.layouts),
            self.lists,
            tuple(scripts),
            self.functions,
            privileges,
            self.filemaker,
            self.schema_version,
        )


def _with_steps(script: ScriptFacts, steps: ScriptFacts | None) -> ScriptFacts:
    if steps is None:
        return script
    return replace(
        steps, name=script.name, id=script.id, folder=script.folder, full_access=script.full_access
    )
