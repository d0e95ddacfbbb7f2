"""One definition while it is being built: what it has so far, what the other files have, and where mistakes go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...calculations.compiler import ExpressionError
from ...calculations.expressions import Expression, Formulas
from ...model import Field, Occurrence, Relationship, Table
from .definition import FileShape
from .mistakes import nearest
from .toml_shape import Findings


@dataclass
class Sheet:
    shape: FileShape
    findings: Findings
    formulas: Formulas = field(default_factory=Formulas)
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    occurrences: dict[str, Occurrence] = field(default_factory=dict[str, Occurrence])
    relationships: tuple[Relationship, ...] = ()
    others: Mapping[str, Sheet] = field(default_factory=dict[str, "Sheet"])
    """All files of the host, by name."""

    def table_of(self, occurrence: str) -> Table | None:
        found = self.occurrences.get(occurrence)
        if found is None:
            return None
        sheet = self if found.file is None else self.others.get(found.file)
        return None if sheet is None else sheet.tables.get(found.table)

    def check_occurrence(self, path: Sequence[str | int], name: str) -> bool:
        if name in self.occurrences:
            return True
        self.findings.add(path, f"There is no table occurrence {name!r}. {nearest(name, self.occurrences)}")
        return False

    def check_field(self, path: Sequence[str | int], table: Table | None, name: str) -> Field | None:
        if table is None:
            return None
        found = table.fields.get(name)
        if found is None:
            self.findings.add(
                path, f"The table {table.name!r} has no field {name!r}. {nearest(name, table.fields)}"
            )
        return found

    def check_qualified(self, path: Sequence[str | int], name: str) -> Field | None:
        occurrence, separator, bare = name.partition("::")
        if not separator:
            self.findings.add(path, f"Write {name!r} with its table occurrence, as `Occurrence::Field`.")
            return None
        if not self.check_occurrence(path, occurrence):
            return None
        return self.check_field(path, self.table_of(occurrence), bare)

    def is_related(self, left: str, right: str) -> bool:
        """Whether relationships lead from one occurrence to the other."""
        reached, waiting = {left}, [left]
        while waiting:
            here = waiting.pop()
            for each in self.relationships:
                for near, far in ((each.left, each.right), (each.right, each.left)):
                    if near == here and far not in reached:
                        reached.add(far)
                        waiting.append(far)
        return right in reached

    def expression(
        self, path: Sequence[str | int], source: str, table: Table | None, occurrence: str | None = None
    ) -> Expression | None:
        """Compiles it and checks the names in it. Relationships start at the occurrence, default the table's name."""
        try:
            compiled = self.formulas[source]
        except ExpressionError as problem:
            self.findings.add(path, f"The expression is wrong at column {problem.column}: {problem}.")
            return None
        if table is None:
            return compiled
        for name in sorted(compiled.fields):
            if name not in table.fields:
                self.findings.add(
                    path, f"The expression names the field {name!r}. {nearest(name, table.fields)}"
                )
        for far, name in sorted(compiled.related):
            if not self.check_occurrence(path, far):
                continue
            if not self.is_related(occurrence or table.name, far):
                self.findings.add(
                    path, f"No relationship leads from {occurrence or table.name!r} to {far!r}; add one."
                )
            self.check_field(path, self.table_of(far), name)
        return compiled
