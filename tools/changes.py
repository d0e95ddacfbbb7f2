"""Changes: planned, carried out, taken back, looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp_types import InputRequiredResult
from pydantic import Field

from ..server.errors import InputError
from ._call import Answer, Call
from ._execution import applied
from ._planning import planned
from .arguments.parameters import Criteria, GoAhead, Layout, RecordId
from .arguments.sheet_arguments import (
    ColumnMap,
    FileFormat,
    SheetFile,
    SheetName,
    refuse_without_file,
    sheet_request,
)

if TYPE_CHECKING:
    from ..server.changes.planning.request import PlanRequest
    from ..server.changes.plans.progress import Progress

Values = Annotated[
    dict[str, Any],
    Field(
        description='Field -> value, {"add":n}, {"multiply":n,"round":2}, {"shift":{"days":n}}, {"append":"x"}, {"clear":true}, '
        '{"replace":"x","with":"y","regex":true}, {"add_value":"x"}, {"remove_value":"x"}, '
        '{"field":"F"}, {"file":"name"}, {"step":1,"field":"F"}; portal -> {"add":[{}],"edit":[{"id":"7"}],"remove":["7"]}'
    ),
]
Addition = Annotated[str | None, Field(description="Open plan to which this is added as a step")]
Repeat = Annotated[bool, Field(description="True only to do once more what was done just now")]
ChangeId = Annotated[str, Field(description="As the plan gave it")]


async def create_records(
    call: Call,
    layout: Layout,
    records: Annotated[list[Values] | None, Field(description="One object a record")] = None,
    copy_of: Annotated[
        list[RecordId] | None, Field(description="Duplicate these; `records` then holds what differs")
    ] = None,
    file: SheetFile = None,
    sheet: SheetName = None,
    map: ColumnMap = None,  # noqa: A002 -- what spreadsheet people call it
    format: FileFormat = None,  # noqa: A002 -- as above
    change_id: Addition = None,
    repeat: Repeat = False,
) -> Answer | InputRequiredResult:
    """Plan new records, also with related rows, or one for each row of a file. Nothing is created before apply_change."""
    refuse_without_file(file, sheet=sheet, map=map, format=format)
    if file is not None and (records or copy_of):
        raise InputError(
            "Name the records in one way: records, copy_of, or file", advice="Nothing was changed."
        )
    from .arguments.chosen_records import layout_of

    on = await layout_of(call, layout)

    async def plan(request: PlanRequest) -> Progress:
        if file is not None:
            return await call.changes.import_sheet(request, on, sheet_request(file, sheet, map, format))
        return await call.changes.create(request, on, records or (), copy_of or ())

    request = call.request(change_id, repeat)
    asked = ("create", records, copy_of, file, sheet, map, format, change_id, repeat)
    return await planned(call, on, asked, request, plan, applied)


async def edit_records(
    call: Call,
    layout: Annotated[str | None, Field(description="Not needed with found_set")] = None,
    values: Annotated[
        Values | None, Field(description="What becomes of every record; forms as in create_records")
    ] = None,
    ids: Annotated[list[RecordId] | None, Field(description="The records")] = None,
    where: Annotated[Criteria | None, Field(description="Or criteria, as in find_records")] = None,
    omit: Annotated[Criteria | None, Field(description="Without these")] = None,
    found_set: Annotated[str | None, Field(description="Or a found set; where, omit narrow it")] = None,
    records: Annotated[
        dict[RecordId, dict[str, Any]] | None, Field(description="Or id -> values, each its own")
    ] = None,
    file: SheetFile = None,
    sheet: SheetName = None,
    map: ColumnMap = None,  # noqa: A002 -- what spreadsheet people call it
    key: Annotated[
        str | list[str] | None, Field(description="With file: field(s) that name a record, or an export's id")
    ] = None,
    when_found: Annotated[
        Literal["edit", "skip", "create", "refuse"], Field(description="Rows whose record is there")
    ] = "edit",
    when_missing: Annotated[
        Literal["create", "skip", "refuse"], Field(description="Rows without a record")
    ] = "skip",
    format: FileFormat = None,  # noqa: A002 -- as above
    max_records: Annotated[int, Field(description="How many where and found_set may match", ge=1)] = 1,
    change_id: Addition = None,
    repeat: Repeat = False,
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Plan edits and show the difference. Nothing is written before apply_change."""
    request = call.request(change_id, repeat)
    by_criteria = where is not None or bool(found_set)
    ways = [bool(ids), by_criteria, bool(records), bool(file)]
    if sum(ways) != 1 or (omit is not None and not by_criteria) or (values is None) != bool(records or file):
        raise InputError(
            "Name the records in one way: ids, where or found_set with values; or records; or file with key",
            advice="Nothing was changed.",
        )
    refuse_without_file(file, sheet=sheet, map=map, key=key, format=format)
    if file is not None and not key:
        raise InputError(
            "`key` is missing: which field names a record?",
            advice="create_records makes a record of every row. Nothing was changed.",
        )
    wanted: Mapping[str, Any] = values or {}
    from .arguments.chosen_records import chosen_records, layout_of

    on = await layout_of(call, layout, found_set)

    async def plan(request: PlanRequest) -> Progress:
        if file:
            rows = sheet_request(file, sheet, map, format, key, when_found, when_missing)
            return await call.changes.import_sheet(request, on, rows)
        if ids or records:
            return await call.changes.edit_by_id(request, on, records or dict.fromkeys(ids or (), wanted))
        budget = call.budget(go_ahead)
        chosen = await chosen_records(
            call, request, layout, where, omit, found_set, max_records, budget, wishes=(wanted,)
        )
        return await call.changes.edit_chosen(request, on, chosen, wanted)

    rows = (file, sheet, map, key, when_found, when_missing, format)
    asked = ("edit", values, ids, where, omit, found_set, records, rows, max_records, change_id, repeat)
    return await planned(call, on, asked, request, plan, applied)


async def delete_records(
    call: Call,
    layout: Annotated[str | None, Field(description="Not needed with found_set")] = None,
    ids: Annotated[list[RecordId] | None, Field(description="The records")] = None,
    where: Annotated[Criteria | None, Field(description="Or criteria, as in find_records")] = None,
    omit: Annotated[Criteria | None, Field(description="Without these")] = None,
    found_set: Annotated[str | None, Field(description="Or a found set; where, omit narrow it")] = None,
    max_records: Annotated[int, Field(description="How many where and found_set may match", ge=1)] = 1,
    change_id: Addition = None,
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Plan to delete records. Nothing is deleted before apply_change."""
    by_criteria = where is not None or bool(found_set)
    if bool(ids) == by_criteria or (ids and omit is not None):
        raise InputError("Name the records by ids, by where or by found_set", advice="Nothing was changed.")
    from .arguments.chosen_records import chosen_records, layout_of

    on = await layout_of(call, layout, found_set)

    async def plan(request: PlanRequest) -> Progress:
        if ids:
            chosen = await call.changes.by_id(on, ids, request.report)
        else:
            budget = call.budget(go_ahead)
            chosen = await chosen_records(call, request, layout, where, omit, found_set, max_records, budget)
        return await call.changes.delete(request, on, chosen)

    asked = ("delete", ids, where, omit, found_set, max_records, change_id)
    return await planned(call, on, asked, call.request(change_id), plan, applied)


async def apply_change(
    call: Call,
    change_id: ChangeId,
    go_on: Annotated[bool, Field(description="Go on after a refused record")] = False,
    all_or_nothing: Annotated[bool, Field(description="Take back what was done when one is refused")] = False,
) -> Answer | InputRequiredResult:
    """Carry out a plan, once. Called again: continues what was not attempted and tells known outcomes."""
    return await applied(call, change_id, go_on=go_on, all_or_nothing=all_or_nothing)


async def undo_change(
    call: Call,
    change_id: Annotated[str | None, Field(description="Your latest change unless given")] = None,
) -> Answer | InputRequiredResult:
    """Plan the way back from a change: restores what is still as the change left it, lists the rest."""
    found = change_id or await call.changes.undo.latest(call.who)

    async def plan(request: PlanRequest) -> Progress:
        return await call.changes.undo.plan(request, found)

    return await planned(call, found, ("undo", found), call.request(), plan, applied)


async def list_changes(
    call: Call,
    change_id: Annotated[str | None, Field(description="One in full")] = None,
    limit: Annotated[int, Field(description="How many, latest first", ge=1, le=100)] = 10,
) -> Answer:
    """List your plans and changes with differences and outcomes, and attempts that were refused."""
    from ._known_changes import known_change, latest_changes

    return await (latest_changes(call, limit) if change_id is None else known_change(call, change_id))
