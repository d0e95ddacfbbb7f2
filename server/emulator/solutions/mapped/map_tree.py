"""The file of a map, read as plain JSON: the emulator shares no reader with the client that wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ..loader.mistakes import Mistake, SolutionError

Tree = Mapping[str, Any]
VERSION = 1


@dataclass
class MappedFile:
    """One FileMaker file of a map, and what of it cannot be played."""

    name: str
    tree: Tree
    left_out: list[str] = field(default_factory=list[str])

    def part(self, name: str) -> Tree:
        """Things by name: tables, occurrences, lists, privileges."""
        found = self.tree.get(name)
        return cast("Tree", found) if isinstance(found, Mapping) else {}

    def each(self, name: str) -> list[Tree]:
        """Things in order: relations, layouts, scripts; each name once, since a name is all that the Data API knows."""
        seen: set[str] = set()
        kept: list[Tree] = []
        for thing in cast("list[Tree]", self.tree.get(name, [])):
            title = str(thing.get("name", ""))
            if title and title.casefold() in seen:
                self.left_out.append(f"a second one of the {name} called {title!r}")
                continue
            seen.add(title.casefold())
            kept.append(thing)
        return kept

    def fields(self, table: str) -> Tree:
        return cast("Tree", self.part("tables").get(table, {}).get("fields", {}))

    def table_of(self, occurrence: str) -> str:
        return str(self.part("occurrences").get(occurrence, {}).get("table", ""))

    def related(self) -> dict[str, set[str]]:
        """Occurrence -> all that relationships lead to from it, itself included."""
        reached: dict[str, set[str]] = {}
        for name in self.part("occurrences"):
            waiting, seen = [name], {name}
            while waiting:
                here = waiting.pop()
                for near, far in self._pairs():
                    if near == here and far not in seen:
                        seen.add(far)
                        waiting.append(far)
            reached[name] = seen
        return reached

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for each in cast("list[Tree]", self.tree.get("relations", [])):
            if each.get("match"):
                yield each["left"], each["right"]
                yield each["right"], each["left"]


def read_map_tree(path: Path) -> list[MappedFile]:
    """Raises SolutionError for what is no map that this version reads."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        if tree["format"] != "filemaker-mcp solution map" or tree["version"] > VERSION:
            raise SolutionError([Mistake(path.name, 1, "", "This map is of another version; learn again.")])
        files = tree["solution"]["files"]
        mapped = [MappedFile(str(name), dict(each)) for name, each in files.items()]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "This is no solution map; 'filemaker-mcp learn' writes one."
        raise SolutionError([Mistake(path.name, 1, "", message)]) from None
    return mapped
