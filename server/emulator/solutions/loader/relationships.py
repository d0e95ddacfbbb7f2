"""Occurrences, relationships and value lists of a definition."""

from __future__ import annotations

from ...model import Occurrence, Predicate, Relationship, Table, ValueList
from .definition import RelationshipShape
from .definition_draft import Sheet
from .mistakes import nearest
from .places import Path


def build_occurrences(sheet: Sheet) -> None:
    """Each table has an occurrence of its own name. The definition adds others."""
    for name in sheet.tables:
        sheet.occurrences[name] = Occurrence(name, name)
    for name, shape in sheet.shape.occurrences.items():
        path: Path = ("occurrences", name)
        if shape.file is not None and shape.file not in sheet.others:
            sheet.findings.add(
                (*path, "file"), f"The host has no file {shape.file!r}. {nearest(shape.file, sheet.others)}"
            )
            continue
        owner = sheet if shape.file is None else sheet.others[shape.file]
        if shape.table not in owner.tables:
            sheet.findings.add(
                (*path, "table"), f"There is no table {shape.table!r}. {nearest(shape.table, owner.tables)}"
            )
            continue
        sheet.occurrences[name] = Occurrence(name, shape.table, shape.file)


def build_relationships(sheet: Sheet) -> None:
    built: list[Relationship] = []
    for index, shape in enumerate(sheet.shape.relationships):
        path: Path = ("relationships", index)
        known = [
            sheet.check_occurrence((*path, side), name)
            for side, name in (("left", shape.left), ("right", shape.right))
        ]
        if not all(known):
            continue
        if shape.left == shape.right or sheet.is_related(shape.left, shape.right):
            sheet.findings.add(
                path,
                f"{shape.left!r} and {shape.right!r} are related already; a second way between two occurrences needs "
                "another occurrence of one of the tables.",
            )
            continue
        built.append(_relationship(sheet, path, shape))
        sheet.relationships = tuple(built)


def _relationship(sheet: Sheet, path: Path, shape: RelationshipShape) -> Relationship:
    left, right = sheet.table_of(shape.left), sheet.table_of(shape.right)
    for index, (left_field, _, right_field) in enumerate(shape.match):
        for table, name in ((left, left_field), (right, right_field)):
            sheet.check_field((*path, "match", index), table, name)
    return Relationship(
        shape.left,
        shape.right,
        tuple(Predicate(*each) for each in shape.match),
        create_left="left" in shape.create,
        create_right="right" in shape.create,
        delete_left="left" in shape.delete,
        delete_right="right" in shape.delete,
        sort_left=read_sort(sheet, (*path, "sort_left"), left, shape.sort_left),
        sort_right=read_sort(sheet, (*path, "sort_right"), right, shape.sort_right),
    )


def read_sort(sheet: Sheet, path: Path, table: Table | None, keys: list[str]) -> tuple[tuple[str, str], ...]:
    """`Field` or `Field descend`."""
    read: list[tuple[str, str]] = []
    for key in keys:
        name, order = key, "ascend"
        for word in (" ascend", " descend"):
            if key.endswith(word):
                name, order = key.removesuffix(word), word.strip()
        bare = name.partition("::")[2] or name
        if sheet.check_field(path, table, bare) is not None:
            read.append((bare, order))
    return tuple(read)


def build_value_lists(sheet: Sheet) -> dict[str, ValueList]:
    built: dict[str, ValueList] = {}
    for name, shape in sheet.shape.value_lists.items():
        path: Path = ("value_lists", name)
        if (shape.values is None) == (shape.field is None):
            sheet.findings.add(path, "A value list has `values` or follows a `field`; give one of the two.")
        for each in (shape.field, shape.second_field):
            if each is not None:
                sheet.check_qualified(path, each)
        if shape.related_only_from is not None:
            sheet.check_occurrence((*path, "related_only_from"), shape.related_only_from)
        built[name] = ValueList(
            name, tuple(shape.values or ()), shape.field, shape.second_field, shape.related_only_from
        )
    return built
