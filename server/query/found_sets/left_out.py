"""What the owner leaves out by default, counted: one small find for each found set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ...notes.noted_question import objects
from ...text.plain_parts import Listed
from ...text.sentence import say
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
    labels = Listed.of(each.label for each in question.left_out)
    asks = " or ".join(
        dict.fromkeys(_named(each) for left in question.left_out for each in objects(left.where)[:1])
    )
    text = (
        say("%(labels)s left out; where %(criteria)s asks for them", labels=labels, criteria=asks)
        if count is None
        else say(
            "%(count)s %(labels)s left out; where %(criteria)s asks for them",
            count=count,
            labels=labels,
            criteria=asks,
        )
    )
    return [text, *found_set.notes]


def _named(criteria: object) -> str:
    """`'Archived': 1`, without the quotes that an answer would have to escape."""
    parts = cast("Mapping[str, object]", criteria) if isinstance(criteria, Mapping) else dict[str, object]()
    return ", ".join(f"{name!r}: {condition!r}" for name, condition in parts.items())


async def _count(database: Database, found_set: FoundSet) -> int | None:
    """None where no single find can count them."""
    known = _known(database, found_set)
    if known is not None:
        return known
    criteria = found_set.question.of_left_out(found_set.layout, database.calendar)
    if criteria is None or not criteria.is_one_find:
        return None
    count = await database.count(found_set.layout.name, criteria.requests)
    found_set.left_out = (database.changes, count)
    return count


def _known(database: Database, found_set: FoundSet) -> int | None:
    """What was counted before the latest write is counted again."""
    if found_set.left_out is None or found_set.left_out[0] != database.changes:
        return None
    return found_set.left_out[1]
