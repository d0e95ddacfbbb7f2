"""Finds records that exist already: under the key of a new record, or with the same name."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import FindRequest, Query
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.parallel_reads import in_parallel
from ...text.fingerprints import Repeated, fingerprint
from ...text.plain_parts import Listed
from ...text.sentence import say_count
from ..applying.apply_context import Exact
from ..plans.field_check import UNCHANGED
from ..plans.item import Item
from ..plans.labels import telling_fields
from ..plans.plan import Plan
from ..unhurried import Pace

PASSED_OVER = 500
"""Records that are asked for where some that come may lie out of scope: one of those must not stand before the one that counts."""
AT_ONCE = 50
"""Keys that one find asks for."""
LOOKED_FOR_TWINS = 25
"""How many new records are compared with existing ones, in one find."""
NAMED = 3
"""Existing records that a warning names."""
LONGEST = 100
"""Characters of a text that is looked for."""


async def taken_keys(
    database: Database,
    exact: Exact,
    meta: LayoutMeta,
    items: Sequence[Item],
    base: Plan | None = None,
    *,
    are_free: bool = False,
) -> dict[int, str]:
    """The number of each item whose key exists already, or that another item or an earlier step gives, and why. After a lost
    answer such a record would look like ours. `are_free`: the host was asked for these keys already."""
    earlier = [
        item.key for step in (base.steps if base else ()) if step.layout == meta.name for item in step.items
    ]
    repeated, pace = Repeated(len(earlier) + len(items)), Pace()
    for key in filter(None, earlier):
        repeated.add(fingerprint(_plain(key)))
    asked = array("L")
    for number, item in enumerate(items):
        await pace.turn()
        if item.key is not None:
            repeated.add(fingerprint(_plain(item.key)))
            if not item.made_key and not are_free:  # a key that was made a moment ago is nobody's
                asked.append(number)
    taken: dict[int, str] = {}
    for number, item in enumerate(items) if repeated else ():
        await pace.turn()
        if item.key is not None and fingerprint(_plain(item.key)) in repeated:
            taken[number] = f"Two of the new records have the key {str(item.key[1])!r}"

    async def look(some: Sequence[int]) -> None:
        keys = {
            number: key for number in some if number not in taken and (key := items[number].key) is not None
        }
        if not keys:
            return
        requests = tuple(exact(meta, *key) for key in keys.values())
        page = await database.page(Query(meta.name, requests, limit=_most(meta, len(keys)), portals=()))
        name = next(iter(keys.values()))[0]
        for record in page.records:
            there = str(record.fields.get(name))
            why = f"{name!r} is the key of {meta.name!r}, and {there!r} exists already (record {record.record_id})"
            same = [number for number, key in keys.items() if _plain(key) == there.casefold()]
            taken.update(
                dict.fromkeys(same or keys, why)
            )  # what FileMaker takes for the same may look otherwise

    starts = range(0, len(asked), AT_ONCE)
    await in_parallel((partial(look, asked[start : start + AT_ONCE]) for start in starts), database.pool_size)
    return taken


async def refuse_taken_keys(
    database: Database,
    exact: Exact,
    meta: LayoutMeta,
    items: Sequence[Item],
    base: Plan | None = None,
) -> None:
    """Raises InputError for the first of the keys that are taken."""
    taken = await taken_keys(database, exact, meta, items, base)
    if taken:
        raise InputError(taken[min(taken)], advice=f"Edit that record, or give another key. {UNCHANGED}")


def _plain(key: tuple[str, Value]) -> str:
    return str(key[1]).casefold()


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
            (n, item.after[n])
            for n in telling
            if item.after.get(n, "") != ""
            and len(str(item.after[n])) <= LONGEST
            and (item.key or ("",))[0] != n
        ]
        if values:
            parts = [exact(meta, name, value).criteria for name, value in values[:2]]
            requests.append(FindRequest({name: text for part in parts for name, text in part.items()}))
    if not requests:
        return []
    page = await database.page(Query(meta.name, tuple(requests), limit=_most(meta, NAMED), portals=()))
    if not page.records:
        return []
    count = len(page.records) if page.found is None else page.found
    return [
        say_count(
            "%(count)s existing record looks the same: %(records)s.",
            "%(count)s existing records look the same: %(records)s.",
            count,
            records=Listed(tuple(record.record_id for record in page.records[:NAMED])),
        )
    ]


def _most(meta: LayoutMeta, few: int) -> int:
    return PASSED_OVER if meta.is_checked_here else few
