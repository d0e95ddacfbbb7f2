"""The values of a value list: its own, or those that a field holds (section 5.3)."""

from __future__ import annotations

from ..model import ValueList
from ..store.store import Row, SortKey
from .record_context import Scene
from .sources import Source


def list_values(
    scene: Scene, value_list: ValueList, source: Source, row: Row | None
) -> list[tuple[str, str]]:
    """(value, shown value) pairs. A field's values are distinct, not empty and sorted."""
    if value_list.field is None:
        return [(each, each) for each in value_list.values]
    occurrence, _, name = value_list.field.partition("::")
    far = scene.source(occurrence, source.home)
    if value_list.related_only_from is not None and row is not None:
        ids = scene.related(source, row, occurrence)
    else:
        ids = list(far.store.ids(far.table.name))
    field = far.table.fields[name]
    second = None
    if value_list.second_field is not None:
        second = far.table.fields[value_list.second_field.partition("::")[2]]
    if field.calculation is None or field.stored:
        ids = far.store.sorted(far.table.name, ids, [SortKey(name)])
    values: dict[str, str] = {}
    for each in far.store.read_many(far.table.name, ids):
        for text in scene.texts(far, each, field):
            for line in text.split("\r"):
                if line:
                    values.setdefault(
                        line, line if second is None else f"{line} {scene.text(far, each, second)}".strip()
                    )
    return list(values.items())
