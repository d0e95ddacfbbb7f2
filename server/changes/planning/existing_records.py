"""Finds records that exist already: under the key of a new record, or with the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from ...dataapi.models import FindRequest, LayoutMeta, Query, Value
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.parallel_reads import in_parallel
from ..applying.apply_context import Exact
from ..plans.field_check import UNCHANGED
from ..plans.labels import telling_fields
from ..plans.plan import Item, Plan

PASSED_OVER = 500
"""Records that are asked for where some that come may lie out of scope: one of those must not stand before the one that counts."""
AT_ONCE = 50
"""Keys that one find asks for."""
LOOKED_FOR_TWINS = 25
"""How many new records are compared with existing ones, in one find."""
NAMED = 3
"""Existing records that a warning names."""


async def refuse_taken_keys(
    database: Database,
    exact: Exact,
    meta: LayoutMeta,
    items: Sequence[Item],
    base: Plan | None = None,
    *,
    are_free: bool = False,
) -> None:
    """Refuses a key that exists already or that an earlier step gives. After a lost answer such a record would look like ours.
    `are_free`: the host was asked for these keys already."""
    keyed = [item.key for item in items if item.key is not None]
    earlier = [
        item.key for step in (base.steps if base else ()) if step.layout == meta.name for item in step.items
    ]
    values = [str(key[1]).casefold() for key in (*keyed, *earlier) if key is not None]
    twice = next((value for value, count in Counter(values).items() if count > 1), None)
    if twice is not None:
        raise InputError(f"Two of the new records have the key {twice!r}", advice=UNCHANGED)
    # a key that was made a moment ago is nobody's
    asked = [] if are_free else [item.key for item in items if item.key is not None and not item.made_key]

    async def look(some: Sequence[tuple[str, Value]]) -> None:
        requests = tuple(exact(meta, name, value) for name, value in some)
        page = await database.page(Query(meta.name, requests, limit=_most(meta, 1), portals=()))
        if page.records:
            name = some[0][0]
            raise InputError(
                f"{name!r} is the key of {meta.name!r}, and {page.records[0].fields.get(name)!r} exists already "
                f"(record {page.records[0].record_id})",
                advice=f"Edit that record, or give another key. {UNCHANGED}",
            )

    starts = range(0, len(asked), AT_ONCE)
    await in_parallel((partial(look, asked[start : start + AT_ONCE]) for start in starts), database.pool_size)


async def twins(database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]) -> list[str]:
    """Records that already have the same name, title, e-mail address ... as a new one."""
    telling = [
        name
        for name in telling_fields(meta)
        if meta.fields[name].type == "text" and name not in meta.limited_to  # alike in every record in scope
    ]
    requests: list[FindRequest] = []
    for item in items[:LOOKED_FOR_TWINS]:
        values = [
            (n, item.after[n]) for n in telling if item.after.get(n, "") != "" and (item.key or ("",))[0] != n
        ]
        if values:
            parts = [exact(meta, name, value).criteria for name, value in values[:2]]
            requests.append(FindRequest({name: text for part in parts for name, text in part.items()}))
    if not requests:
        return []
    page = await database.page(Query(meta.name, tuple(requests), limit=_most(meta, NAMED), portals=()))
    if not page.records:
        return []
    which = ", ".join(f"{record.record_id}" for record in page.records[:NAMED])
    count = len(page.records) if page.found is None else page.found
    return [f"{count} existing record{'s look' if count != 1 else ' looks'} the same: {which}."]


def _most(meta: LayoutMeta, few: int) -> int:
    return PASSED_OVER if meta.is_checked_here else few
