"""Where a table or a field is found besides the layouts that are called so."""

from __future__ import annotations

from collections.abc import Sequence

from ..dataapi.menu_item import MenuItem
from ..text.near_names import folded
from .map_view import MapView
from .open_tables import OpenTables
from .solution import LayoutPlace

MOST = 20


def found_on_layouts(view: MapView, search: str, layouts: Sequence[MenuItem]) -> dict[str, object]:
    """Open layouts that show a table or a field of that name, and as what; empty where there are none."""
    if view.is_scoped:
        return {}
    opened, wanted = view.open_to(layouts), folded(search)
    hits: dict[str, str] = {}
    for place in opened.layouts:
        if words := _hits(view, opened, place, wanted):
            hits[place.name] = "; ".join(words[:3])
    shown = dict(list(hits.items())[:MOST])
    return {"found_on": shown} if shown else {}


def _hits(view: MapView, opened: OpenTables, place: LayoutPlace, wanted: str) -> list[str]:
    atlas = view.atlas
    table = atlas.table_of(place.occurrence)
    words: list[str] = []
    shown = opened.shown_on(place)
    if table is not None and wanted in folded(atlas.name_of(table)) and wanted not in folded(place.name):
        words.append(f"table {atlas.name_of(table)}")
    for portal in place.portals:
        rows = atlas.table_of(portal.occurrence)
        if (
            rows is not None
            and shown.intersection(portal.fields)
            and wanted in folded(f"{portal.occurrence} {portal.name} {atlas.name_of(rows)}")
        ):
            words.append(f"portal {portal.name or portal.occurrence}: table {atlas.name_of(rows)}")
    return words + [f"field {name}" for name in place.fields if wanted in folded(name) and name in shown]
