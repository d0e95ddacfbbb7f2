"""Writes the map of a solution as a solution folder, which the loader then reads as any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .invented_rows import ROWS, InventedRows, serial_at
from .map_tree import MappedFile, Tree, read_map_tree
from .mapped_access import accounts, privilege_sets
from .mapped_fields import MappedFields
from .mapped_layouts import layouts, value_lists
from .toml_writing import inline, table, tables, text

PASSWORD = "map"  # noqa: S105 -- of an emulated host with invented data; it is printed
HEADING = "# Made from the map of a solution. The records are invented. Change what you like: it is yours.\n"


@dataclass(frozen=True)
class Written:
    """One file of the solution as it was written."""

    name: str
    accounts: Mapping[str, str]
    """Account -> its privilege set. The password of all is `PASSWORD`."""
    left_out: tuple[str, ...]
    """What cannot be played, each with the reason."""


def write_mapped(map_file: Path, folder: Path) -> list[Written]:
    """The folder is empty or new. Raises SolutionError for what is no map."""
    files = {file.name: file for file in read_map_tree(map_file)}
    return [_write(file, files, folder) for file in files.values()]


def _write(file: MappedFile, others: Mapping[str, MappedFile], folder: Path) -> Written:
    _add_unknown_tables(file, others)
    relationships = _relationships(file, MappedFields(file, others))
    file.tree = dict(file.tree) | {
        "relations": relationships
    }  # nothing may look along one that is not played
    fields = MappedFields(file, others)
    serials = {table_: _next_serials(file.fields(table_)) for table_ in file.part("tables")}
    shapes: dict[str, dict[str, dict[str, Any]]] = {
        name: fields.shapes(name, serials[name]) for name in file.part("tables")
    }
    if not shapes:  # a file that is all windows and scripts has occurrences of others
        shapes = {file.name: {"Note": {}}}
    lists = value_lists(file, shapes)
    rows = InventedRows(file, shapes, {name: each.get("values", []) for name, each in lists.items()})
    rows.make()
    stem = _plain(file.name)
    sets = privilege_sets(file, fields)
    people = accounts(sets, PASSWORD)
    titles = {str(each["name"]): f"script_{n}" for n, each in enumerate(file.each("scripts"), 1)}
    parts = [HEADING, f"name = {text(file.name)}\n", f'scripts_file = "{stem}.scripts.py"\n']
    for name, shape in shapes.items():
        data = f"data/{stem}.{_plain(name)}.csv"
        parts.append(table(f"tables.{text(name)}", {"data": data}))
        parts.append(table(f"tables.{text(name)}.fields", shape))
        _put(folder / data, rows.csv_of(name))
    parts.append(table("occurrences", _occurrences(file, others)))
    parts.append(tables("relationships", relationships))
    parts.append(table("value_lists", lists))
    parts += [
        table(f"layouts.{text(name)}", shape) for name, shape in layouts(file, fields, shapes, lists).items()
    ]
    parts.append(table("scripts", titles))
    parts += [table(f"privilege_sets.{text(name)}", shape) for name, shape in sets.items()]
    parts.append(tables("accounts", people))
    _put(folder / f"{stem}.toml", "".join(parts))
    _put(folder / f"{stem}.scripts.py", _scripts(file, titles))
    named = {str(each["name"]): str(each["privilege_set"]) for each in people}
    return Written(file.name, named, tuple(dict.fromkeys(file.left_out)))


def _plain(name: str) -> str:
    """As a part of a file's name."""
    return re.sub(r"[^\w-]+", "_", name)


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")


def _add_unknown_tables(file: MappedFile, others: Mapping[str, MappedFile]) -> None:
    """Occurrences of files that nobody exported, or whose table is not told, get a table of the fields that layouts show of them."""
    tree: dict[str, Any] = dict(file.tree)
    known: dict[str, Any] = dict(file.part("tables"))
    occurrences: dict[str, Any] = dict(file.part("occurrences"))
    for name, facts in occurrences.items():
        home = others.get(str(facts.get("file", ""))) if facts.get("file") else file
        if home is not None and str(facts.get("table", "")) in home.part("tables"):
            continue
        file.left_out.append(
            f"the table behind the occurrence {name!r}: its file was not exported, so its fields are texts"
        )
        invented = f"{name} (unknown)" if name in known else name
        known[invented] = {"fields": {each: {} for each in _shown_of(file, name)} or {"Unknown": {}}}
        occurrences[name] = {"table": invented}
    file.tree = tree | {"tables": known, "occurrences": occurrences}


def _shown_of(file: MappedFile, occurrence: str) -> list[str]:
    names: dict[str, None] = {}
    for layout in file.each("layouts"):
        own = layout.get("occurrence") == occurrence
        inside = [name for portal in layout.get("portals", ()) for name in portal.get("fields", ())]
        for name in (*layout.get("fields", ()), *inside):
            far, _, bare = str(name).rpartition("::")
            if far == occurrence or (own and not far):
                names[bare] = None
    for relation in file.each("relations"):
        for left, _, right in relation.get("match", ()):
            if occurrence in (relation["left"], relation["right"]):
                names[left if relation["left"] == occurrence else right] = None
    return list(names)


def _next_serials(fields: Tree) -> dict[str, str]:
    """After the invented rows."""
    entered: dict[str, Tree] = {name: facts.get("auto_enter", {}) for name, facts in fields.items()}
    serials = {
        name: str(auto.get("what", "")) for name, auto in entered.items() if auto.get("by") == "serial"
    }
    return {name: serial_at(start, ROWS) for name, start in serials.items()}


def _occurrences(file: MappedFile, others: Mapping[str, MappedFile]) -> dict[str, object]:
    made: dict[str, object] = {}
    for name, facts in file.part("occurrences").items():
        source = str(facts.get("file", ""))
        made[name] = {"table": facts["table"]} | ({"file": source} if source in others else {})
    return made


def _relationships(file: MappedFile, fields: MappedFields) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    joined: dict[str, set[str]] = {}
    for each in file.each("relations"):
        left, right = str(each["left"]), str(each["right"])
        match = [
            list(m)
            for m in each.get("match", ())
            if m[0] in fields.of_occurrence(left) and m[2] in fields.of_occurrence(right)
        ]
        together = joined.get(left, {left}) | joined.get(right, {right})
        if not match or right in joined.get(left, {left}):
            file.left_out.append(
                f"the relationship of {left!r} and {right!r}: its match fields are not told, or it closes a circle"
            )
            continue
        for name in together:
            joined[name] = together
        made.append(
            {
                "left": left,
                "right": right,
                "match": match,
                "create": each.get("create", []),
                "delete": each.get("delete", []),
            }
        )
    return made


def _scripts(file: MappedFile, titles: Mapping[str, str]) -> str:
    """Each says what its steps would do, and does nothing."""
    parts = [
        '"""The scripts of the map: each says its steps and does nothing. Write here what they should do."""\n'
    ]
    for each in file.each("scripts"):
        steps = "\n".join(str(step) for step in each.get("steps", ())) or "no steps"
        parts.append(f"\n\ndef {titles[str(each['name'])]}(script):\n    return {inline(steps)}\n")
    return "".join(parts)
