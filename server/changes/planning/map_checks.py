"""Values of a plan held against the map of the solution, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.models import LayoutMeta, Query
from ...database.database import Database
from ...errors import InputError
from ...solution_map.value_checks import cautions_of, refusal_of, unique_among
from ..applying.apply_context import Exact
from ..plans.field_check import UNCHANGED
from ..plans.plan import Item

MOST_LOOKED_FOR = 50
"""Values that must be unique and are looked for; FileMaker itself refuses what is beyond."""


async def checked_by_map(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]
) -> list[str]:
    """What happens besides, in sentences for the plan. Raises InputError for the first value that FileMaker would refuse."""
    known = await database.mapped(meta)
    if known is None:
        return []
    by = f"(solution map of {known.atlas.date})"
    for number, item in enumerate(items, 1):
        values = {
            name: value
            for name, value in item.after.items()
            if not (item.made_key and item.key and name == item.key[0])
        }
        why = refusal_of(known, values)
        if why:
            which = f"record {item.record_id or number}: " if len(items) > 1 else ""
            raise InputError(f"{which}{why} {by}", advice=UNCHANGED)
    await _check_unique(database, exact, meta, items, unique_among(known, _names(items)), by)
    return [f"{sentence} {by}" for sentence in dict.fromkeys(cautions_of(known, _names(items)))]


def _names(items: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(name for item in items for name in (*item.after, *item.later)))


async def _check_unique(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item], names: Sequence[str], by: str
) -> None:
    for name in names:
        given = [(item, item.after[name]) for item in items if item.after.get(name, "") != ""]
        texts = [str(value).casefold() for _, value in given]
        twice = next(
            (value for (_, value), text in zip(given, texts, strict=True) if texts.count(text) > 1), None
        )
        if twice is not None:
            raise InputError(f"{name!r} is unique, and {twice!r} is given twice {by}", advice=UNCHANGED)
        try:
            requests = tuple(exact(meta, name, value) for _, value in given[:MOST_LOOKED_FOR])
        except InputError:  # a field that no find can name; FileMaker itself will say
            continue
        if not requests:
            continue
        page = await database.page(Query(meta.name, requests, limit=MOST_LOOKED_FOR, portals=()))
        own = {item.record_id for item, _ in given}
        taken = next((record for record in page.records if record.record_id not in own), None)
        if taken is not None:
            raise InputError(
                f"{name!r} is unique, and record {taken.record_id} has {taken.fields.get(name)!r} already {by}",
                advice=UNCHANGED,
            )
