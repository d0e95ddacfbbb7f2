"""One text looked for on several layouts: how many records each has, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ..server.errors import FilemakerMcpError, InputError
from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.query.found_sets.read_budget import Budget

EVERY = "*"
MOST_LAYOUTS = 60
"""Layouts that one call asks, each with one find."""
SHOWN = 3
"""Records of each layout."""
MOST_SHOWN = 12
"""Layouts whose records are shown."""


async def search(call: Call, layouts: Sequence[str], where: object, omit: object, budget: Budget) -> Answer:
    """Every layout that has the text, the ones with most records first; what was not asked is named."""
    if not isinstance(where, dict) or "text" not in where:
        raise InputError(
            "Several layouts are asked for a text only",
            advice='Write where {"text": "Miller"}, or name one layout.',
        )
    names = list(layouts)
    if names == [EVERY]:
        names = [item.name for item in await call.database.layouts()]
    skipped = [f"{name}: not asked, {MOST_LAYOUTS} layouts are the most" for name in names[MOST_LAYOUTS:]]
    found: list[tuple[int, str, Answer]] = []
    none = 0
    for name in names[:MOST_LAYOUTS]:
        try:
            answer = await _on(call, name, cast("object", where), omit, budget)
        except FilemakerMcpError as error:
            skipped.append(f"{name}: {error.what}")
            continue
        count = answer["found"]
        if isinstance(count, int) and count:
            found.append((count, name, answer))
        else:
            none += 1
    found.sort(key=lambda each: (-each[0], each[1]))
    facts: Answer = {
        "asked": len(names) - len(skipped),
        "layouts": {name: each for _, name, each in found[:MOST_SHOWN]},
    }
    if len(found) > MOST_SHOWN:
        facts["also_on"] = {name: count for count, name, _ in found[MOST_SHOWN:]}
    if none:
        facts["without"] = none
    if skipped:
        facts["skipped"] = skipped
    return facts


async def _on(call: Call, layout: str, where: object, omit: object, budget: Budget) -> Answer:
    from ..server.query.found_sets.answer_columns import chosen
    from ..server.query.records.record_finder import Finding
    from ..server.query.records.record_table import Table
    from .arguments.found_set_arguments import asked

    question = await asked(call, layout, where, omit, None, [], budget=budget)
    found = question.found_set
    page = await Finding(call.database, found, question.progress, budget).page(
        0, SHOWN, chosen(found.layout, None, [])
    )
    if not page.found:
        return {"found": 0}
    table = Table(chosen(found.layout, None, []))
    for record in page.records:
        table.add(record)
    notes = await question.notes(call, counting=False)
    answer = {"found": page.found} | ({"notes": notes} if notes else {})
    return answer | table.answer() | {"found_set": await call.found_sets.keep(found, call.caller)}
