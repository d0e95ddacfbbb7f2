"""Layouts and value lists of a map as the emulator has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .map_tree import MappedFile, Tree
from .mapped_fields import MappedFields

Shapes = Mapping[str, Mapping[str, Mapping[str, Any]]]


def value_lists(file: MappedFile, shapes: Shapes) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for name, facts in file.part("lists").items():
        occurrence, _, bare = str(facts.get("field", "")).rpartition("::")
        if bare and bare in shapes.get(file.table_of(occurrence), {}):
            made[name] = {"field": facts["field"]}
            second, _, last = str(facts.get("second", "")).rpartition("::")
            if last and last in shapes.get(file.table_of(second), {}):
                made[name]["second_field"] = facts["second"]
        else:
            made[name] = {"values": [each for each in facts.get("values", ()) if each] or ["(unknown)"]}
    return made


def layouts(
    file: MappedFile, fields: MappedFields, shapes: Shapes, lists: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    related = file.related()
    made: dict[str, dict[str, Any]] = {}
    for layout in file.each("layouts"):
        occurrence = str(layout.get("occurrence", ""))
        if occurrence not in related:
            file.left_out.append(f"the layout {layout.get('name')!r}: it shows no table")
            continue
        placed = _Placed(file, fields, layout, related[occurrence], lists)
        shape: dict[str, Any] = {
            "occurrence": occurrence,
            "fields": placed.all_of(layout.get("fields", ()), occurrence),
        }
        portals = [
            {"occurrence": portal["occurrence"], "fields": placed.all_of(portal.get("fields", ()), "")}
            | ({"name": portal["name"]} if portal.get("name") else {})
            for portal in layout.get("portals", ())
            if portal["occurrence"] in related[occurrence] and portal["occurrence"] != occurrence
        ]
        made[str(layout["name"])] = shape | ({"portals": portals} if portals else {})
    return made


class _Placed:
    """The fields of one layout that the emulator can show there."""

    def __init__(
        self,
        file: MappedFile,
        fields: MappedFields,
        layout: Tree,
        related: set[str],
        lists: Mapping[str, object],
    ) -> None:
        self._file = file
        self._fields = fields
        self._layout = layout
        self._related = related
        self._lists = lists

    def all_of(self, names: Iterable[str], own: str) -> list[object]:
        return [self._one(name) for name in names if self._is_there(name, own)]

    def _is_there(self, name: str, own: str) -> bool:
        occurrence, _, bare = name.rpartition("::")
        there = (occurrence or own) in self._related and bare in self._fields.of_occurrence(occurrence or own)
        if not there:
            self._file.left_out.append(
                f"the field {name!r} on the layout {self._layout['name']!r}: nothing leads there"
            )
        return there

    def _one(self, name: str) -> object:
        values = self._layout.get("lists", {}).get(name)
        display = self._layout.get("displays", {}).get(name)
        shown = {"value_list": values} if values in self._lists else {}
        shown |= {"display": display} if display else {}
        return {"name": name} | shown if shown else name
