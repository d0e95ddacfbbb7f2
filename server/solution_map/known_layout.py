"""One layout as the host tells it, with what the map adds; without additions where the two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dataapi.layout_meta import FieldMeta, LayoutMeta
from ..text.near_names import folded
from .atlas import Atlas
from .near_tables import Near, TableKey
from .open_tables import OpenTables
from .solution import FieldFacts, LayoutPlace


@dataclass(frozen=True)
class KnownLayout:
    atlas: Atlas
    open: OpenTables
    meta: LayoutMeta
    """As the owner's policy shows it."""
    place: LayoutPlace
    table: TableKey

    def facts(self, name: str) -> FieldFacts | None:
        """Of a field of the layout or of its portals; None where the map says nothing of it, and for a hidden field that the
        owner lets be counted."""
        shown = self.meta.field_named(name)
        if shown is not None and shown.is_disguised:
            return None
        occurrence, _, bare = _without_repetition(self.meta, name).rpartition("::")
        found = self.atlas.field(self.atlas.table_of(occurrence or self.place.occurrence), bare)
        return None if found is None else found[1]

    def shown(self, text: str, field: FieldFacts, name: str) -> bool:
        """Whether a formula, rule or comment of the field may be told."""
        context = field.context or name.rpartition("::")[0] or self.place.occurrence
        return self.open.names_nothing_closed(text, context)

    def relations(self) -> Iterator[Near]:
        """Those to tables that are open."""
        for near in self.atlas.relations_at(self.place.occurrence):
            if self.open.shows_table(self.atlas.table_of(near.far)):
                yield near


def known_layout(
    atlas: Atlas, opened: OpenTables, meta: LayoutMeta, occurrence: str
) -> KnownLayout | str | None:
    """None for a layout of which the map can say nothing; a sentence where the map is older than the layout.

    `occurrence` is what the host says of the layout, empty where it does not tell.
    """
    place = atlas.place_of(meta.name, occurrence)
    if place is None:
        return _older(atlas) if atlas.facts.layouts else None
    table = atlas.table_of(place.occurrence)
    if occurrence and folded(occurrence) != folded(place.occurrence):
        return _older(atlas)
    if table is None or table not in atlas.tables:
        return None
    fields = [*meta.fields.values(), *(f for portal in meta.portals.values() for f in portal.fields.values())]
    if not all(_agrees(atlas, place, field) for field in fields):
        return _older(atlas)
    return KnownLayout(atlas, opened, meta, place, table)


def _agrees(atlas: Atlas, place: LayoutPlace, field: FieldMeta) -> bool:
    occurrence, _, bare = field.name.rpartition("::")
    table = atlas.table_of(occurrence or place.occurrence)
    if field.type == "invalid" or (occurrence and (table is None or table not in atlas.tables)):
        return field.type == "invalid" or folded(occurrence) in map(folded, atlas.facts.occurrences)
    found = atlas.field(table, bare)
    return found is not None and (found[1].type, found[1].kind) == (field.type, field.kind)


def _older(atlas: Atlas) -> str:
    return f"the map of {atlas.date} is older than this layout and says nothing of it; the owner can run 'filemaker-mcp learn' again"


def _without_repetition(meta: LayoutMeta, name: str) -> str:
    found = meta.field_named(name)
    return name if found is None else found.name
