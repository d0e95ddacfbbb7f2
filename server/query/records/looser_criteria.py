"""What criteria would find that ask for words where these ask for equal texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ...dataapi.layout_meta import LayoutMeta
from ..found_sets.found_set import FoundSet

if TYPE_CHECKING:
    from ...database.database import Database


async def loosened_count(database: Database, found_set: FoundSet) -> int | None:
    """How many records `words` would find where `is` found none; None when that question does not arise."""
    loose = _loosened(found_set.question.where, found_set.layout)
    if loose is None:
        return None
    criteria = replace(found_set.question, where=loose).criteria(found_set.layout, database.calendar)
    if not criteria.is_one_find:
        return None
    return await database.count(found_set.layout.name, criteria.requests) or None


def _loosened(where: object, layout: LayoutMeta) -> object | None:
    """The same criteria with `words` for each text that was to be equal."""
    changed = False

    def one(name: str, condition: object) -> object:
        nonlocal changed
        meta = layout.field_named(name)
        if isinstance(condition, Mapping):
            operators = cast("Mapping[str, object]", condition)
            wanted = operators["is"] if set(operators) == {"is"} else None
        else:
            wanted = condition
        if meta is None or meta.type != "text" or not isinstance(wanted, str) or not wanted.strip():
            return cast("object", condition)
        changed = True
        return {"words": wanted}

    def each(item: object) -> object:
        if not isinstance(item, Mapping):
            return item
        return {name: one(name, condition) for name, condition in cast("Mapping[str, object]", item).items()}

    items = cast("list[object]", where) if isinstance(where, list) else [where]
    loose = [each(item) for item in items]
    return loose if changed else None
