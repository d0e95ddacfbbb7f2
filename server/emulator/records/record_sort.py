"""Sorts a found set by fields of the layout, related and computed ones included (sections 6.5 and 20)."""

from __future__ import annotations

from collections.abc import Sequence

from ..find_language.criterion_match import value_form
from ..http.read_parameters import SortBy
from ..model import Field, FieldKind, FieldType
from ..refusal import Refusal
from ..solutions.layout_plan import LayoutPlan
from ..store.sort_order import place_of
from ..store.store import Row, SortKey
from .found_set import AllRecords
from .record_context import Scene
from .sources import Source
from .value_lists import list_values


def sort_found_set(
    scene: Scene, plan: LayoutPlan, found: Sequence[int], keys: Sequence[SortBy], first: int | None = None
) -> list[int]:
    """The records in order, or only the `first` so many. Raises Refusal 102, 108 or 204."""
    source = scene.source(plan.occurrence)
    read = [_read(scene, plan, source, key) for key in keys]
    if all(_is_in_store(source, occurrence, field) for occurrence, field, _ in read):
        ids = None if isinstance(found, AllRecords) else found
        return source.store.sorted(source.table.name, ids, [key for *_, key in read], first)
    rows = source.store.read_many(source.table.name, found)
    # Each sort is stable, so the last key goes first.
    for occurrence, field, key in reversed(read):
        texts = {row.record_id: _text(scene, source, row, occurrence, field) for row in rows}
        places = {record: _place(field, text, key) for record, text in texts.items()}
        rows.sort(key=lambda row: places[row.record_id], reverse=key.descending)
    return [row.record_id for row in rows][:first]


def _read(scene: Scene, plan: LayoutPlan, source: Source, key: SortBy) -> tuple[str, Field, SortKey]:
    placed, _ = plan.find(key.field)
    field = placed.field
    assert field is not None  # noqa: S101 - a plan finds no broken object
    if scene.field_access(scene.source(placed.occurrence, source.home), field) == "none":
        raise Refusal(204)
    if field.type is FieldType.CONTAINER:
        raise Refusal(404)
    order: tuple[str, ...] | None = None
    if key.order not in {"ascend", "descend"}:
        value_list = source.home.model.value_lists.get(key.order)
        if value_list is None:
            raise Refusal(108)
        order = tuple(value for value, _ in list_values(scene, value_list, source, None))
    return placed.occurrence, field, SortKey(field.name, key.order == "descend", order)


def _is_in_store(source: Source, occurrence: str, field: Field) -> bool:
    stored = field.kind is FieldKind.NORMAL or (field.kind is FieldKind.CALCULATION and field.stored)
    return occurrence == source.occurrence and stored and not field.is_global


def _place(field: Field, text: str, key: SortKey) -> tuple[str, str] | tuple[int]:
    if key.value_order is None:
        return place_of(field, text)
    listed = [value_form(field, each) for each in key.value_order]
    form = value_form(field, text)
    return (-1,) if not text else (listed.index(form) if form in listed else len(listed),)


def _text(scene: Scene, source: Source, row: Row, occurrence: str, field: Field) -> str:
    if occurrence == source.occurrence:
        return scene.text(source, row, field)
    far_row = scene.first_related(source, row, occurrence)
    return "" if far_row is None else scene.text(scene.source(occurrence, source.home), far_row, field)
