"""Notes belong to a table: they hold on its other layouts, and for related fields of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from typing import cast

from ..criteria.targets import field_names
from ..dataapi.layout_meta import LayoutMeta
from .notes import LayoutNotes, LeftOut, Notes


def notes_on(
    notes: Notes, layout: LayoutMeta, tables: Mapping[str, str], table_of: Callable[[str], str]
) -> LayoutNotes:
    """All that holds for questions to a layout. `tables`: layout -> its table occurrence, as far as the host tells (section 5.1);
    a layout without one stands for itself. `table_of`: occurrence -> the table that it stands for."""
    own = notes.of(layout.name)
    sources: dict[str, str] = {}
    table = table_of(tables.get(layout.name) or layout.name)
    for name, each in notes.layouts.items():
        if name != layout.name and table_of(tables.get(name) or name) == table:
            own = _joined(own, each, set(field_names(layout)))
            sources.setdefault("", name)
    shown = {name.partition("::")[0] for name in field_names(layout) if "::" in name}
    for name, each in notes.layouts.items():
        for occurrence in sorted(shown):
            if table_of(occurrence) == table_of(tables.get(name) or name):
                own = _with_related(own, each, occurrence)
                sources.setdefault(occurrence, name)
    return replace(own, sources=sources)


def _joined(own: LayoutNotes, other: LayoutNotes, shown: Set[str]) -> LayoutNotes:
    """What the layout's own notes say comes first; of the other's, what is about fields that this layout shows."""
    labels = {each.label for each in own.leave_out}
    inherited = (replace(each, is_inherited=True) for each in other.leave_out if each.label not in labels)
    return replace(
        own,
        date=own.date or (other.date if other.date in shown else None),
        leave_out=(*own.leave_out, *inherited),
        fields={**{name: names for name, names in other.fields.items() if name in shown}, **own.fields},
        spellings={**other.spellings, **own.spellings},
        measures={**other.measures, **own.measures},
        languages={**other.languages, **own.languages},
    )


def _with_related(own: LayoutNotes, other: LayoutNotes, occurrence: str) -> LayoutNotes:
    def named(name: str) -> str:
        return f"{occurrence}::{name}"

    rows = tuple(_related(each, occurrence) for each in other.leave_out)
    return replace(
        own,
        fields={
            **{named(f): tuple(map(named, names)) for f, names in other.fields.items()},
            **own.fields,
        },
        spellings={**{named(f): each for f, each in other.spellings.items()}, **own.spellings},
        languages={**{named(f): each for f, each in other.languages.items()}, **own.languages},
        related={**own.related, occurrence: rows} if rows else own.related,
    )


def _related(left_out: LeftOut, occurrence: str) -> LeftOut:
    where = left_out.where
    objects = cast("list[Mapping[str, object]]", where if isinstance(where, list) else [where])
    where = [{f"{occurrence}::{name}": part for name, part in each.items()} for each in objects]
    return replace(left_out, where=where)
