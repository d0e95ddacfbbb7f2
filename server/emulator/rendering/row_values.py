"""The values of one record as a layout or a portal row lists them, related ones and summaries included."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import FieldKind
from ..records.record_context import NO_ACCESS, Scene
from ..records.sources import Source
from ..refusal import Refusal
from ..solutions.layout_plan import Placed
from ..store.store import Row
from .cells import Cell, Cells

Read = tuple[str, str | None, Cell]
"""Key, occurrence of a related field, and how it is read from that occurrence's record."""


def related_reads(
    scene: Scene, cells: Cells, source: Source, placed: Iterable[Placed], found: Iterable[int]
) -> list[Read]:
    """The fields of a layout or of a portal row. A summary is over the found set, so the same for all its records."""
    reads: list[Read] = []
    for each in placed:
        if each.occurrence != source.occurrence:
            try:
                far = scene.source(each.occurrence, source.home)
            except Refusal:
                if scene.needs_sources:
                    raise
                reads.append((each.key, None, lambda row: ""))  # its file could not be opened
                continue
            reads.append((each.key, each.occurrence, cells.reader(far, each)))
        elif each.field is not None and each.field.kind is FieldKind.SUMMARY:
            reads.append((each.key, None, _summary(scene, cells, source, each, found)))
        else:
            reads.append((each.key, None, cells.reader(source, each)))
    return reads


def _summary(scene: Scene, cells: Cells, source: Source, placed: Placed, found: Iterable[int]) -> Cell:
    field = placed.field
    assert field is not None  # noqa: S101 - the caller asked
    if scene.field_access(source, field) == "none":
        return cells.reader(source, placed)
    shown = cells.showing(source, field)(scene.summary(source, field, found))
    return lambda row: shown


def values_of(
    scene: Scene, source: Source, reads: Iterable[Read], row: Row, *, may_view: bool
) -> list[tuple[str, object]]:
    """Keys and values. Related ones from the first related record."""
    if not may_view:
        return [(key, NO_ACCESS) for key, _, _ in reads]
    firsts: dict[str, Row | None] = {}
    values: list[tuple[str, object]] = []
    for key, occurrence, cell in reads:
        if occurrence is None:
            values.append((key, cell(row)))
            continue
        if occurrence not in firsts:
            firsts[occurrence] = scene.first_related(source, row, occurrence)
        first = firsts[occurrence]
        values.append((key, "" if first is None else cell(first)))
    return values
