"""What the owner leaves out by default, counted: one small find for each found set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...notes.noted_question import names_in
from .found_set import FoundSet

if TYPE_CHECKING:
    from ...database.database import Database


async def notes_on(database: Database, found_set: FoundSet, *, counting: bool = True) -> list[str]:
    """Every note that the answer rests on, in words: `1,500 archived contacts left out`.

    Without `counting` a count that is known already is told, and none is asked for.
    """
    question = found_set.question
    if not question.left_out:
        return list(found_set.notes)
    if found_set.is_group:  # how many there are for the whole question says nothing about one of its groups
        count = None
    else:
        count = await _count(database, found_set) if counting else _known(database, found_set)
    labels = " and ".join(each.label for each in question.left_out)
    said = f"{count:,} {labels} left out" if count is not None else f"{labels} left out"
    names = dict.fromkeys(name for each in question.left_out for name in names_in(each.where))
    return [f"{said}; a condition on {' or '.join(map(repr, names))} decides otherwise", *found_set.notes]


async def _count(database: Database, found_set: FoundSet) -> int | None:
    """None where no single find can count them."""
    known = _known(database, found_set)
    if known is not None:
        return known
    criteria = found_set.question.of_left_out(found_set.layout, database.calendar)
    if not criteria.is_one_find:
        return None
    count = await database.count(found_set.layout.name, criteria.requests)
    found_set.left_out = (database.changes, count)
    return count


def _known(database: Database, found_set: FoundSet) -> int | None:
    """What was counted before the latest write is counted again."""
    if found_set.left_out is None or found_set.left_out[0] != database.changes:
        return None
    return found_set.left_out[1]
