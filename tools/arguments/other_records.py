"""`in` and `not_in`: the values of other records are read first, as a question of their own with all that holds for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ...server.criteria.grammar import WAYS_ACROSS
from ...server.criteria.key_set import KeySet
from ...server.criteria.operators import ACROSS
from ...server.errors import InputError
from ...server.text.near_names import near
from ...server.text.sentence import Sentence, say
from .._call import Call

if TYPE_CHECKING:
    from ...server.dataapi.sealed_page import Rows
    from ...server.notes.question_words import Wording
    from ...server.query.found_sets.read_budget import Budget

PARTS = ("layout", "where", "omit", "found_set", "group", "field")
OTHER_WORDS = {
    "from": "layout",
    "table": "layout",
    "filter": "where",
    "criteria": "where",
    "select": "field",
    "column": "field",
    "key": "field",
    "fields": "field",
    "set": "found_set",
}
DEPTH = 3


async def with_keys(call: Call, criteria: object, wording: Wording, budget: Budget, depth: int = 0) -> object:
    """The same criteria with the values in place of what names other records. Raises what asking for those raises."""
    if isinstance(criteria, list):
        return [
            await with_keys(call, each, wording, budget, depth) for each in cast("list[object]", criteria)
        ]
    if not isinstance(criteria, Mapping):
        return criteria
    conditions = cast("Mapping[str, object]", criteria)
    return {
        name: await _condition(call, name, condition, wording, budget, depth)
        for name, condition in conditions.items()
    }


def original(criteria: object) -> object:
    """Criteria as they were asked, with the names of other records where their values stand."""
    if isinstance(criteria, KeySet):
        return criteria.origin
    if isinstance(criteria, list):
        return [original(each) for each in cast("list[object]", criteria)]
    if isinstance(criteria, Mapping):
        return {name: original(each) for name, each in cast("Mapping[str, object]", criteria).items()}
    return criteria


def is_stale(criteria: object, changes: int) -> bool:
    """Whether something was written since the values in it were read."""
    if isinstance(criteria, KeySet):
        return criteria.changes != changes
    if isinstance(criteria, list):
        return any(is_stale(each, changes) for each in cast("list[object]", criteria))
    return isinstance(criteria, Mapping) and any(
        is_stale(each, changes) for each in cast("Mapping[str, object]", criteria).values()
    )


async def _condition(
    call: Call, name: str, condition: object, wording: Wording, budget: Budget, depth: int
) -> object:
    if isinstance(condition, list):
        return [
            await _condition(call, name, each, wording, budget, depth)
            for each in cast("list[object]", condition)
        ]
    if not isinstance(condition, Mapping):
        return condition
    found: dict[str, object] = {}
    for word, operand in cast("Mapping[str, object]", condition).items():
        if word in ACROSS and isinstance(operand, Mapping):
            parts = dict(cast("Mapping[str, object]", operand))
            found[word] = await _keys(call, name, word, parts, wording, budget, depth)
        elif word == "not":
            found[word] = await _condition(call, name, operand, wording, budget, depth)
        else:
            found[word] = operand
    return found


async def _keys(
    call: Call,
    name: str,
    word: str,
    parts: dict[str, object],
    wording: Wording,
    budget: Budget,
    depth: int,
) -> KeySet:
    from ...server.criteria.targets import target
    from ...server.query.found_sets.answer_columns import single
    from ...server.query.found_sets.record_source import Source
    from .found_set_arguments import asked

    for part in parts:
        if part not in PARTS:
            meant = OTHER_WORDS.get(part.casefold()) or next(iter(near(part, PARTS)), None)
            hint = f"Did you mean {meant!r}? " if meant else ""
            raise InputError(f"{word} on {name!r} has no {part!r}", advice=f"{hint}Write {WAYS_ACROSS}.")
    if depth >= DEPTH:
        raise InputError(
            f"in and not_in stand {DEPTH} deep in one another at the most", advice="Ask in steps."
        )
    field, layout, found_set = parts.get("field"), parts.get("layout"), parts.get("found_set")
    if not isinstance(field, str) or (isinstance(layout, str) == isinstance(found_set, str)):
        raise InputError(
            f"{word} on {name!r} takes a field, and a layout or a found set", advice=f"Write {WAYS_ACROSS}."
        )
    outer = target(wording.layout, wording.field(name))
    inner = await asked(
        call,
        layout if isinstance(layout, str) else None,
        parts.get("where"),
        parts.get("omit"),
        found_set if isinstance(found_set, str) else None,
        (),
        cast("Mapping[str, object] | None", parts.get("group")),
        budget=budget,
        depth=depth + 1,
    )
    found = inner.found_set
    column = single(found.layout, inner.wording.field(field), "be compared with")
    if column.meta.is_disguised:
        raise InputError(f"{column.name!r} cannot be compared with: the owner hides what it holds")
    is_whole = found.criteria.is_everything and not found.is_group
    whence = say("%(field)s of %(layout)s", field=column.name, layout=found.layout.name)
    which = Sentence("%(what)s (%(how)s)", {"what": whence, "how": found.criteria.understood})
    keys = KeySet(
        whence if is_whole else which,
        as_numbers="number" in (outer.type, column.type),
        origin=parts,
        changes=call.database.changes,
    )

    def take(rows: Rows) -> None:
        keys.add(rows.columns[column.name])

    account = await Source(call.database, found, inner.progress, budget=budget).read((column.name,), take)
    for note in await inner.notes(call):
        wording.said[f"{found.layout.name}: {note}"] = None
    if account.changed:
        wording.said[f"{found.layout.name}: {account.changed}"] = None
    return keys
