"""On which layouts a field is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..dataapi.layout_meta import LayoutMeta
from ..errors import FilemakerMcpError, NameUnknown
from ..text.near_names import folded, near
from .found_sets.parallel_reads import in_parallel

if TYPE_CHECKING:
    from ..database.database import Database

MOST_LOOKED_AT = 200
"""Layouts whose fields are asked for, one request each the first time."""


async def field_places(database: Database, field: str, layouts: Sequence[str]) -> dict[str, object]:
    """Layout -> how it shows the field: under its own name, as a field of a related table, or in a portal.
    Raises NameUnknown when none does."""
    found: dict[str, list[str]] = {}
    names: dict[str, None] = {}
    unread: list[str] = []

    async def look(layout: str) -> None:
        try:
            meta = await database.layout(layout)
        except FilemakerMcpError:
            unread.append(layout)
            return
        names.update(dict.fromkeys(_names(meta)))
        if places := [name for name in _names(meta) if _is(name, field)]:
            found[layout] = places

    await in_parallel([lambda name=name: look(name) for name in layouts[:MOST_LOOKED_AT]], database.pool_size)
    if not found:
        raise NameUnknown("field", field, where="on any of these layouts", near=near(field, names))
    answer: dict[str, object] = {"layouts": {name: found[name] for name in layouts if name in found}}
    if not_asked := [*layouts[MOST_LOOKED_AT:], *unread]:
        answer["not_looked_at"] = not_asked[:20] + (
            [f"and {len(not_asked) - 20} more"] if len(not_asked) > 20 else []
        )
    return answer


def _names(layout: LayoutMeta) -> list[str]:
    """As they are named in criteria; fields of portals with the portal's name."""
    inside = [
        name if name.startswith(f"{portal.name}::") else f"{portal.name}::{name.partition('::')[2] or name}"
        for portal in layout.portals.values()
        for name in portal.fields
    ]
    return list(dict.fromkeys([*layout.fields, *inside]))


def _is(name: str, wanted: str) -> bool:
    return folded(wanted) in (folded(name), folded(name.partition("::")[2]))
