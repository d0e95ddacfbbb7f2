"""What a reading tool was asked: layout and criteria, or a found set of an earlier answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...server.criteria import habits
from ...server.dataapi.layout_meta import LayoutMeta
from ...server.errors import InputError
from ...server.notes.noted_question import question
from ...server.notes.question_words import Wording
from ...server.query.found_sets.found_set import FoundSet
from ...server.query.found_sets.narrowing import narrowed
from ...server.query.found_sets.read_budget import Budget
from ...server.query.found_sets.sort_keys import read_as_numbers, sort_keys
from ...server.query.summary.groups.group_records import EXAMPLE, group_records
from .._call import Call
from .asked_found_set import Asked, counted
from .find_cost import check_cost
from .other_records import is_stale, original, with_keys


async def asked(
    call: Call,
    layout: str | None,
    where: object,
    omit: object,
    found_set: str | None,
    sort: Sequence[str | dict[str, str]],
    group: Mapping[str, object] | None = None,
    *,
    budget: Budget,
    depth: int = 0,
) -> Asked:
    """Raises InputError when both or neither is given, and as `understand`, `group_records` and `sort_keys` do.
    `depth`: of questions inside questions."""
    if found_set is not None:
        if layout is not None:
            raise InputError(
                "Give a found_set or a layout, not both",
                advice=f"where and omit narrow a found set; for one group of a summary add group: {EXAMPLE}.",
            )
        kept = await held(call, found_set, budget, depth)
        return await _part_of(call, kept, where, omit, sort, group, budget, depth)
    if group is not None:
        raise InputError("group needs the found_set of a summary", advice="For conditions use where.")
    if layout is None:
        raise InputError("Give a layout (list_layouts names them) or a found_set")
    meta = await call.database.layout(own := await call.layout_called(layout))
    wording = await _listed(call, await wording_for(call, meta), where, omit)
    if own != layout:
        wording.said[f"{layout!r} is the layout {own!r}"] = None
    calendar = call.database.calendar
    wanted = await with_keys(call, where, wording, budget, depth)
    unwanted = await with_keys(call, omit, wording, budget, depth)
    meant = question(wording, wanted, unwanted, calendar)
    keys = sort_keys(meta, wording.sort(sort))
    found = FoundSet(
        meta,
        meant,
        meant.criteria(meta, calendar),
        keys,
        as_numbers=read_as_numbers(meta, wording.sort(sort)),
        recipe=({"layout": own, "where": where, "omit": omit, "sort": list(sort)},),
    )
    found.notes = tuple(wording.said)
    await check_cost(call, found, budget)
    return Asked(found, counted(call.progress), wording, where)


async def held(call: Call, handle: str, budget: Budget, depth: int = 0) -> FoundSet:
    """The found set of an earlier answer. One that another process gave is asked for again, under what holds here and now."""
    recipe = await call.found_sets.defined_elsewhere(handle, call.caller)
    if not recipe:
        return call.found_sets.get(handle, call.caller)
    first, *further = recipe
    again = await asked(call, **first, found_set=None, budget=budget, depth=depth)
    for part in further:
        again = await _part_of(call, again.found_set, **part, budget=budget, depth=depth)
    await call.found_sets.take_in(again.found_set, handle, call.caller)
    return again.found_set


async def _part_of(
    call: Call,
    held: FoundSet,
    where: object,
    omit: object,
    sort: Sequence[str | dict[str, str]],
    group: Mapping[str, object] | None,
    budget: Budget,
    depth: int,
) -> Asked:
    """A found set, perhaps one group of it, narrowed and in another order."""
    kept = held
    now = await call.database.layout(held.layout.name)
    if (now.fields, now.portals) != (held.layout.fields, held.layout.portals):
        raise InputError(
            f"The fields of {now.name!r} changed since this found set was made",
            advice="Ask again with layout and criteria.",
        )
    wording = await _listed(call, await wording_for(call, held.layout), where, omit)
    held = await _current(call, held, wording, budget, depth)
    if group is not None:
        held = group_records(held, group, call.database.calendar, wording.spellings, wording.language)
    if where is not None or omit is not None:
        wanted = wording.criteria(await with_keys(call, where, wording, budget, depth))
        unwanted = wording.criteria(await with_keys(call, omit, wording, budget, depth))
        held = narrowed(
            held, wanted, unwanted, call.database.calendar, is_english=not wording.notes.languages
        )
    if sort:
        keys = wording.sort(sort)
        held = held.sorted_by(sort_keys(held.layout, keys), read_as_numbers(held.layout, keys))
    if kept.recipe and held is not kept:
        held.recipe = (*kept.recipe, {"where": where, "omit": omit, "sort": list(sort), "group": group})
    return Asked(held, counted(call.progress), wording, where)


async def _current(call: Call, held: FoundSet, wording: Wording, budget: Budget, depth: int) -> FoundSet:
    """With the values of other records read again if something was written since."""
    asked_for = [held.question.where, held.question.omit, *held.question.also]
    if not any(is_stale(each, call.database.changes) for each in asked_for):
        return held
    if held.is_group:
        raise InputError(
            "Something was written since this group was counted, and it rests on other records",
            advice="Ask for the summary again.",
        )
    where, omit, *also = [await with_keys(call, original(each), wording, budget, depth) for each in asked_for]
    meant = replace(held.question, where=where, omit=omit, also=tuple(also))
    return held.within(meant.criteria(held.layout, call.database.calendar), meant)


async def _listed(call: Call, wording: Wording, *criteria: object) -> Wording:
    """With the values of lists that follow a field, where the criteria compare with one: they may name what it shows."""
    layout = wording.layout
    for name in {name for each in criteria for name, _ in habits.equal_texts(each)}:
        field = layout.field_named(wording.field(name))
        values = layout.value_lists.get(field.value_list or "") if field is not None else None
        if values is not None and values.kind == "byField" and not values.values:
            lists = await call.database.field_lists.of(layout)
            return Wording(wording.notes, replace(layout, value_lists=lists), wording.source)
    return wording


async def wording_for(call: Call, meta: LayoutMeta) -> Wording:
    """Reads questions to a layout by all notes that hold for it."""
    return Wording(await call.database.notes_on(meta), meta, call.database.notes.source)
