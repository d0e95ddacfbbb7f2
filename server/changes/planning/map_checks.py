"""Values of a plan held against the map of the solution, before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import Query
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.parallel_reads import in_parallel
from ...solution_map.value_checks import cautions_of, refusal_of, unique_among
from ...text.fingerprints import Repeated, fingerprint
from ..applying.apply_context import Exact
from ..plans.field_check import UNCHANGED
from ..plans.item import Item
from ..plans.step import SummedItems
from ..unhurried import Pace

AT_ONCE = 50
"""Values that must be unique and are looked for in one find."""
MOST_EACH = 4
"""Records that have one of them and are read on average."""


async def refused_by_map(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item]
) -> dict[int, str]:
    """The number of each item that FileMaker would refuse, and why. Values that must be unique are looked for on the host; two
    items that give the same one are both refused."""
    known = await database.mapped(meta)
    if known is None:
        return {}
    by = f"(solution map of {known.atlas.date})"
    refused: dict[int, str] = {}
    pace = Pace()
    for number, item in enumerate(items):
        await pace.turn()
        values = {
            name: value
            for name, value in item.after.items()
            if not (item.made_key and item.key and name == item.key[0])
        }
        if why := refusal_of(known, values):
            refused[number] = f"{why} {by}"
    for name in unique_among(known, _names(items)):
        for number, why in (await _taken(database, exact, meta, items, name)).items():
            refused.setdefault(number, f"{why} {by}")
    return refused


async def checked_by_map(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item], *, is_checked: bool
) -> list[str]:
    """What happens besides, in sentences for the plan. Raises InputError for the first value that FileMaker would refuse.
    `is_checked`: none of these would be."""
    known = await database.mapped(meta)
    if known is None:
        return []
    refused = {} if is_checked else await refused_by_map(database, exact, meta, items)
    if refused:
        number = min(refused)
        which = f"record {items[number].record_id or number + 1}: " if len(items) > 1 else ""
        raise InputError(f"{which}{refused[number]}", advice=UNCHANGED)
    sentences = dict.fromkeys(cautions_of(known, _names(items)))
    return [f"{sentence} (solution map of {known.atlas.date})" for sentence in sentences]


def _names(items: Sequence[Item]) -> list[str]:
    some = items.telling if isinstance(items, SummedItems) else items
    return list(dict.fromkeys(name for item in some for name in (*item.after, *item.later)))


async def _taken(
    database: Database, exact: Exact, meta: LayoutMeta, items: Sequence[Item], name: str
) -> dict[int, str]:
    """The items whose value of a unique field is given twice, or is another record's."""
    repeated, pace, left = Repeated(len(items)), Pace(), array("L")
    for number, item in enumerate(items):
        await pace.turn()
        if item.after.get(name, "") != "":
            repeated.add(_print(item.after[name]))
            left.append(number)
    refused: dict[int, str] = {}
    for number, item in enumerate(items) if repeated else ():
        await pace.turn()
        if item.after.get(name, "") != "" and _print(item.after[name]) in repeated:
            refused[number] = f"{name!r} is unique, and {item.after[name]!r} is given twice"

    async def look(some: Sequence[int]) -> None:
        given = {number: items[number] for number in some if number not in refused}
        if not given:
            return
        try:
            requests = tuple(exact(meta, name, item.after[name]) for item in given.values())
        except InputError:  # a field that no find can name; FileMaker itself will say
            return
        page = await database.page(Query(meta.name, requests, limit=MOST_EACH * len(given), portals=()))
        there = [(str(record.fields.get(name)).casefold(), record.record_id) for record in page.records]
        for number, item in given.items():
            own, value = item.record_id, item.after[name]
            taken = next((r for text, r in there if text == str(value).casefold() and r != own), None)
            if taken is not None:
                refused[number] = f"{name!r} is unique, and record {taken} has {value!r} already"

    starts = range(0, len(left), AT_ONCE)
    await in_parallel((partial(look, left[at : at + AT_ONCE]) for at in starts), database.pool_size)
    return refused


def _print(value: Value) -> int:
    return fingerprint(str(value).casefold())
