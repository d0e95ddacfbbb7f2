"""Values taken from another field, of the same record or of one that an earlier step creates: from none that is hidden or shown in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ...criteria.targets import spelled_on
from ...dataapi.layout_meta import LayoutMeta
from ...database.conversion import unknown_field
from ...database.database import Database
from ...errors import InputError
from ..plans.field_check import UNCHANGED
from ..plans.item import FromStep
from ..plans.plan import Plan


def from_same_record(meta: LayoutMeta, name: str, raw: object) -> object:
    """`{"field": "title"}` with the name as the layout spells it, anything else as it is. Raises InputError."""
    if not isinstance(raw, Mapping):
        return raw
    given = cast("Mapping[str, object]", raw)
    source = given.get("field")
    if not isinstance(source, str) or "step" in given:
        return given
    return {**given, "field": _spelled(meta, name, source) or source}


def from_step(meta: LayoutMeta, name: str, origin: FromStep) -> FromStep:
    """As the layout of that step spells it. Raises InputError, NameUnknown."""
    own = _spelled(meta, name, origin.field)
    if own is None:
        raise unknown_field(origin.field, meta)
    return FromStep(origin.step, origin.item, own)


def _spelled(meta: LayoutMeta, name: str, source: str) -> str | None:
    own = spelled_on(meta, source)
    found = meta.field_named(source if own is None else own)
    if found is not None and found.is_disguised:
        raise InputError(
            f"{name!r} cannot be taken from {source!r}: the owner hides what it holds", advice=UNCHANGED
        )
    return own


async def is_told(database: Database, plan: Plan) -> bool:
    """Whether everything that steps take from earlier ones is shown with its own values still."""
    taken = {
        (plan.steps[origin.step].layout, origin.field)
        for step in plan.steps
        for item in step.telling
        for origin in item.later.values()
    }
    for layout in {each for each, _ in taken}:
        names = {name for each, name in taken if each == layout}
        if names - await database.shown_names(layout, names):
            return False
    return True
