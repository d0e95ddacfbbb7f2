"""The map of one database joined: from a layout to its table, from a table to its relationships, from a script to all it calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..text.near_names import folded
from .near_tables import Cascade, Near, TableKey
from .script_facts import ScriptFacts
from .solution import FieldFacts, FileFacts, LayoutPlace, OccurrenceFacts, Solution, TableFacts


class Atlas:
    def __init__(self, solution: Solution, file: str) -> None:
        """`file` is the database's name, with or without its ending. Raises KeyError for one that the map does not know."""
        self.solution = solution
        self._files = {folded(name): facts for name, facts in solution.files.items()}
        self.file = folded(file.removesuffix(".fmp12"))
        self.facts: FileFacts = self._files[self.file]
        self._occurrences = {folded(name): facts for name, facts in self.facts.occurrences.items()}

    @property
    def date(self) -> str:
        return self.solution.date

    def table_of(self, occurrence: str, file: str = "") -> TableKey | None:
        """The base table behind an occurrence of a file, the database's own unless another is named."""
        facts = self._files.get(file or self.file)
        known = self._occurrences if not file or file == self.file else _by_name(facts)
        found = known.get(folded(occurrence))
        if found is None or not found.table:
            return None
        return TableKey(folded(found.file) if found.file else (file or self.file), folded(found.table))

    @cached_property
    def tables(self) -> dict[TableKey, TableFacts]:
        return {
            TableKey(file, folded(name)): table
            for file, facts in self._files.items()
            for name, table in facts.tables.items()
        }

    @cached_property
    def names(self) -> dict[TableKey, str]:
        """As their developer spells them."""
        return {
            TableKey(file, folded(name)): name for file, facts in self._files.items() for name in facts.tables
        }

    def name_of(self, table: TableKey) -> str:
        return self.names.get(table, table.table)

    def field(self, table: TableKey | None, name: str) -> tuple[str, FieldFacts] | None:
        """A field with its own spelling; None also where the table is not known."""
        if table is None:
            return None
        return self._fields.get(table, {}).get(folded(name))

    @cached_property
    def _fields(self) -> dict[TableKey, dict[str, tuple[str, FieldFacts]]]:
        return {
            key: {folded(name): (name, facts) for name, facts in table.fields.items()}
            for key, table in self.tables.items()
        }

    def layout(self, name: str) -> LayoutPlace | None:
        """None for one that is not known, and for a name that stands for several with different tables."""
        found = self._layouts.get(folded(name), [])
        return found[0] if len({folded(each.occurrence) for each in found}) == 1 else None

    def place_of(self, name: str, occurrence: str) -> LayoutPlace | None:
        """The same; a map from OData has no layouts, and there the occurrence that the host tells is all that is known."""
        if self.facts.layouts or not occurrence:
            return self.layout(name)
        return LayoutPlace(name, occurrence)

    @cached_property
    def _layouts(self) -> dict[str, list[LayoutPlace]]:
        known: dict[str, list[LayoutPlace]] = {}
        for each in self.facts.layouts:
            known.setdefault(folded(each.name), []).append(each)
        return known

    def relations_at(self, occurrence: str) -> Iterator[Near]:
        for relation in self.facts.relations:
            for side, name in (("left", relation.left), ("right", relation.right)):
                if folded(name) == folded(occurrence):
                    yield Near(relation, "left" if side == "left" else "right")

    def match_fields(self, near: str, far: str) -> frozenset[str] | None:
        """The fields of `near`, folded, that decide which record of the occurrence `far` belongs to one of its records: those of the
        first relationship on the way. None where no way is known, or not what it matches by."""
        reached, waiting = {folded(near)}, [(near, frozenset[str]())]
        while waiting:
            at, match = waiting.pop(0)
            for each in self.relations_at(at):
                if folded(each.far) in reached:
                    continue
                is_first = folded(at) == folded(near)
                own = frozenset(folded(name) for name, _, _ in each.match) if is_first else match
                if folded(each.far) == folded(far):
                    return own or None
                reached.add(folded(each.far))
                waiting.append((each.far, own))
        return None

    def cascades_from(self, table: TableKey) -> list[Cascade]:
        """What goes with a record of the table: in every file, by whatever occurrence (section 8)."""
        found: dict[Cascade, None] = {}
        for file, facts in self._files.items():
            for relation in facts.relations:
                for near in (Near(relation, "left"), Near(relation, "right")):
                    own = relation.left if near.own == "left" else relation.right
                    if near.far_goes and self.table_of(own, file) == table:
                        target = self.table_of(near.far, file)
                        if target is not None:
                            found[Cascade(target, near.match)] = None
        return list(found)

    def scripts_named(self, name: str) -> list[ScriptFacts]:
        return self._scripts.get(folded(name), [])

    @cached_property
    def _scripts(self) -> dict[str, list[ScriptFacts]]:
        known: dict[str, list[ScriptFacts]] = {}
        for each in self.facts.scripts:
            known.setdefault(folded(each.name), []).append(each)
        return known

    def called_by(self, name: str) -> list[ScriptFacts]:
        """The scripts of that name and all that they call, however far, the nearest first."""
        reached: dict[int, ScriptFacts] = {}
        waiting = list(self.scripts_named(name))
        while waiting:
            script = waiting.pop(0)
            if id(script) in reached:
                continue
            reached[id(script)] = script
            for called in script.calls:
                waiting += self.scripts_named(called)
        return list(reached.values())


def _by_name(facts: FileFacts | None) -> dict[str, OccurrenceFacts]:
    return {} if facts is None else {folded(name): each for name, each in facts.occurrences.items()}
