"""Creating, editing, undoing, duplicating, deleting, and two sessions at one record."""

from __future__ import annotations

from functools import partial

import anyio

from .behaviour import Behaviour, NotSeen
from .line import Answer
from .scratch import Scratch

HELD_LOOKS = 20


async def _first_mod_id(scratch: Scratch) -> str:
    return str((await scratch.create_answer()).response.get("modId"))


async def _mod_id_rises(scratch: Scratch) -> str:
    text = scratch.needed("text")
    record = await scratch.create({text: "before"})
    before = int((await scratch.record(record))["modId"])
    answer = await scratch.edit(record, {text: "after"}, modId=str(before))
    return answer.verdict if answer.code else f"+{int(answer.response['modId']) - before}"


async def _undo(scratch: Scratch) -> str:
    """What stood there before is written back with the modId that the edit left."""
    text = scratch.needed("text")
    record = await scratch.create({text: "before"})
    edited = await scratch.edit(record, {text: "after"})
    back = await scratch.edit(record, {text: "before"}, modId=str(edited.response.get("modId")))
    return (
        back.verdict
        if back.code
        else "as before"
        if await scratch.value(record, text) == "before"
        else "otherwise"
    )


async def _two_sessions(scratch: Scratch) -> str:
    """The second session edits; the first then comes with the modId that it read before."""
    text = scratch.needed("text")
    record = await scratch.create({text: "before"})
    read = str((await scratch.record(record))["modId"])
    await scratch.edit(record, {text: "theirs"}, scratch.second)
    late = await scratch.edit(record, {text: "ours"}, modId=read)
    kept = await scratch.value(record, text) == "theirs"
    return f"{late.verdict}, {'nothing written' if kept else 'written over'}"


async def _held(scratch: Scratch) -> str:
    """A script in the second session holds the record open while the first one edits it."""
    if not scratch.hold_script:
        raise NotSeen("no script was named with --hold-script")
    text = scratch.needed("text")
    record = await scratch.create({text: "before"})
    answers: list[Answer] = []

    async def hold() -> None:
        path = ("layouts", scratch.layout, "script", scratch.hold_script)
        answers.append(await scratch.second.ask("GET", path, query={"script.param": record}, timeout=120))

    seen = "not held"
    async with anyio.create_task_group() as group:
        group.start_soon(hold)
        while not answers:
            await scratch.clock.sleep(0.5)
            answer = await scratch.edit(record, {text: "ours"})
            if answer.code:
                seen = answer.verdict
                break
        while not answers:
            await scratch.clock.sleep(0.5)
    if answers[0].code is None or answers[0].code:
        raise NotSeen(f"the script named with --hold-script could not be run: {answers[0].verdict}")
    return seen


async def _edit_unknown_field(scratch: Scratch) -> str:
    record = await scratch.create()
    return (await scratch.edit(record, {"fmcertify nowhere": "1"})).verdict


async def _duplicate(scratch: Scratch) -> str:
    if scratch.features.get("counts") != "on":
        raise NotSeen("this version duplicates nothing")
    text = scratch.needed("text")
    record = await scratch.create({text: "same"})
    answer = await scratch.first.ask("POST", scratch.record_path(record), {})
    if answer.code:
        return answer.verdict
    copy = str(answer.response["recordId"])
    return "copied" if copy != record and await scratch.value(copy, text) == "same" else "otherwise"


async def _delete(scratch: Scratch) -> str:
    record = await scratch.create()
    answer = await scratch.first.ask("DELETE", scratch.record_path(record))
    after = await scratch.first.ask("GET", scratch.record_path(record))
    return f"{answer.verdict}, then {after.verdict}"


async def _portal_rows(scratch: Scratch) -> str:
    """A row made, edited by its record id, and deleted."""
    portal = scratch.portal
    record = await scratch.create()
    path = partial(scratch.edit, record)
    made = await path({}, portalData={portal.key: [{portal.text: scratch.mark}]})
    if made.code:
        raise NotSeen(f"the portal lets no row be made: {made.verdict}")
    rows = (await scratch.record(record))["portalData"][portal.key]
    row = str(rows[0]["recordId"])
    edited = {"recordId": row, portal.text: f"{scratch.mark} edited"}
    await path({}, portalData={portal.key: [edited]})
    kept = (await scratch.record(record))["portalData"][portal.key][0].get(portal.text)
    await path({"deleteRelated": f"{portal.table}.{row}"})
    left = (await scratch.record(record))["portalData"][portal.key]
    return f"{len(rows)}, {'edited' if str(kept).endswith('edited') else 'otherwise'}, then {len(left)}"


WRITES = (
    Behaviour("first_mod_id", "6.1", "The modId of a new record", _first_mod_id, "0"),
    Behaviour("mod_id_rises", "6.2", "The modId after an edit", _mod_id_rises, "+1"),
    Behaviour("undo", "6.2", "An edit taken back", _undo, "as before"),
    Behaviour(
        "two_sessions",
        "6.2",
        "An edit with a modId that another session has overtaken",
        _two_sessions,
        "306, HTTP 500, nothing written",
    ),
    Behaviour(
        "held",
        "12",
        "An edit of a record that a script in another session holds open",
        _held,
        "301, HTTP 500",
    ),
    Behaviour(
        "edit_unknown_field",
        "6.7",
        "An edit of a field that is not on the layout",
        _edit_unknown_field,
        "102, HTTP 500",
    ),
    Behaviour("duplicate", "6.3", "A record duplicated", _duplicate, "copied"),
    Behaviour("delete", "6.4", "A record deleted, and read again", _delete, "fine, then 101, HTTP 500"),
    Behaviour(
        "portal_rows", "6.2", "A portal row made, edited and deleted", _portal_rows, "1, edited, then 0"
    ),
)
