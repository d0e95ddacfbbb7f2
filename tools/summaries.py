"""Figures over whole found sets, and found sets as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from mcp_types import InputRequiredResult
from pydantic import Field

from ..server.dataapi.models import Query
from ..server.query.asking import Gathered, gathered, spellings, unused_said
from ..server.query.columns import single
from ..server.query.comparison import beside, earlier, headings
from ..server.query.export import exportable, exported
from ..server.query.grouping import groups
from ..server.query.measures import measures as measures_of
from ..server.query.new_file import digest, new_file
from ..server.query.source import READ_BUDGET
from ..server.query.summary import SHOWN, Summary, Wish, summarized
from ._asked import Asked, asked
from ._call import Answer, Call
from ._leaving import Free, file_step, free_to_leave
from ._parameters import FoundSetHandle, GoAhead, Layout, OfGroup, Omit, SortBy, Where


async def summarize_records(
    call: Call,
    layout: Layout | None = None,
    where: Where = None,
    omit: Omit = None,
    found_set: FoundSetHandle = None,
    group: OfGroup = None,
    measures: Annotated[
        list[str | dict[str, Any]],
        Field(
            description='"count", {"sum": "Total"}, average, min, max, median, distinct, {"percentile": "Total", "p": 90}, '
            'share; of two fields {"sum": {"product": ["Qty", "Price"]}}, difference, days_between'
        ),
    ] = [],  # noqa: B006 -- read, never changed; a schema shows the default
    group_by: Annotated[
        list[str | dict[str, str]],
        Field(
            description='Up to 3: "Status", {"field": "Date", "by": "month"} (day..fiscal_year), '
            '{"field": "Customer ID", "label": "Customer::Name"}'
        ),
    ] = [],  # noqa: B006 -- as above
    having: Annotated[
        dict[str, Any] | None, Field(description='Groups to keep: {"sum Total": {"gt": 1000}}')
    ] = None,
    sort: Annotated[list[str], Field(description="Result columns, -column for descending")] = [],  # noqa: B006 -- as above
    top: Annotated[int, Field(description="Groups to show; the rest is `other`", ge=1, le=500)] = SHOWN,
    compare: Annotated[
        Literal["previous_year", "previous_period"] | None,
        Field(description="Beside each figure the one of the earlier period"),
    ] = None,
    go_ahead: GoAhead = False,
) -> Answer:
    """Count, sum, average and group all records that match, however many; exact. No need to read the records first."""
    question = await asked(call, layout, where, omit, found_set, [], group)
    found = question.found_set
    by = groups(found.layout, group_by)
    wish = Wish(by, measures_of(found.layout, measures, call.database.calendar.today()), having, sort, top)
    budget = None if go_ahead else READ_BUDGET
    result = await gathered(
        call.database, found, by, wish.measures, progress=question.progress, budget=budget
    )
    try:
        summary = summarized(result.gatherer, wish)
        answer = question.heading(found=result.account.matched)
        if compare is None:
            answer |= _figures(summary, wish)
        else:
            answer |= await _compared(call, question, wish, summary, compare)
        answer |= await _provenance(call, question, result, wish, summary, where)
    finally:
        result.gatherer.close()
    answer["found_set"] = call.found_sets.keep(found, call.caller)
    return answer


def _figures(summary: Summary, wish: Wish) -> Answer:
    if not wish.groups:
        return {"figures": dict(zip(summary.columns, summary.total, strict=True))}
    answer: Answer = {"columns": list(summary.columns), "rows": summary.rows}
    if summary.other is not None:
        answer["other"] = {"groups": summary.groups - summary.not_having - len(summary.rows)} | _named(
            wish, summary.other
        )
    if summary.not_having:
        answer["groups_left_out_by_having"] = summary.not_having
    answer["total"] = _named(wish, summary.total)
    return answer


async def _compared(call: Call, question: Asked, wish: Wish, summary: Summary, how: str) -> Answer:
    """This period's groups beside the same groups of the earlier one; groups that only the earlier one has come last."""
    other, shift = earlier(call.database, question.found_set, how)
    result = await gathered(
        call.database, other, wish.groups, wish.measures, shift=shift, progress=question.progress
    )
    try:
        past = summarized(result.gatherer, replace(wish, top=100_000, having=None, sort=()))
    finally:
        result.gatherer.close()
    names = headings([measure.name for measure in wish.measures])
    total = dict(zip(names, beside(summary.total, past.total), strict=True))
    compared: Answer = {
        "found_before": result.account.matched,
        "understood_before": other.criteria.understood,
    }
    if not wish.groups:
        return compared | {"figures": total}
    width = len(wish.group_columns)
    before = {tuple(name): row for name, row in zip(past.names, past.rows, strict=True)}
    rows: list[list[Any]] = []
    for name, row in zip(summary.names, summary.rows, strict=True):
        was: list[Any] | None = before.pop(tuple(name), None)
        rows.append([*row[:width], *beside(cast("list[Any]", row[width:]), was[width:] if was else None)])
    if summary.other is None and not summary.not_having:
        gone: list[Any] = [None] * len(wish.measures)
        rows += [[*row[:width], *beside(gone, cast("list[Any]", row[width:]))] for row in before.values()]
    return compared | {"columns": [*wish.group_columns, *names], "rows": rows, "total": total}


def _named(wish: Wish, figures: list[Any]) -> dict[str, object]:
    return {measure.name: figure for measure, figure in zip(wish.measures, figures, strict=True)}


async def _provenance(
    call: Call, question: Asked, result: Gathered, wish: Wish, summary: Summary, where: object
) -> Answer:
    """What the figures rest on."""
    answer: Answer = {}
    if unused := unused_said(result.gatherer):
        answer["not_used"] = unused
    if texts := await _texts_in_dates(call, question):
        answer["text_in_dates"] = texts
    notes = [group.guessed for group in wish.groups if group.guessed]
    notes += spellings(summary, wish.groups) + result.flags.said(result.account.matched)
    if any(measure.kind == "average" for measure in wish.measures):
        notes.append("averages have two decimals more than their numbers, rounded half up")
    if notes:
        answer["remarks"] = notes
    if result.account.changed:
        answer["changed_while_read"] = result.account.changed
    answer["read"] = result.account.read
    return answer


async def _texts_in_dates(call: Call, question: Asked) -> dict[str, int]:
    """Records that hold text where criteria compare dates: they never match, so they are counted."""
    counts: dict[str, int] = {}
    for target in question.found_set.criteria.date_fields:
        requests = question.found_set.criteria.undated(target.name)
        if requests:
            query = Query(question.found_set.layout.name, requests, limit=1, portals=())
            if count := (await call.database.page(query)).found:
                counts[target.name] = count
    return counts


async def export_records(
    call: Call,
    file: Annotated[str, Field(description="Name of the new file, without a folder")],
    layout: Layout | None = None,
    where: Where = None,
    omit: Omit = None,
    found_set: FoundSetHandle = None,
    group: OfGroup = None,
    fields: Annotated[list[str] | None, Field(description="Columns; all fields unless given")] = None,
    sort: SortBy = [],  # noqa: B006 -- as above
    format: Annotated[Literal["csv", "xlsx", "jsonl"], Field(description="Kind of file")] = "csv",  # noqa: A002 -- the word people use
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Write all records that match to a new CSV, XLSX or JSON lines file, without reading them into the chat."""
    question = await asked(call, layout, where, omit, found_set, sort, group)
    found = question.found_set
    names = fields if fields is not None else exportable(found.layout)
    targets = [single(found.layout, name, "be exported") for name in names]
    leaving = await _free_to_export(call, question, file, format, [target.name for target in targets])
    if not isinstance(leaving, Free):
        return leaving
    folder = call.workspace.files.folder
    with new_file(folder, file, f".{format}") as path:
        budget = None if go_ahead else READ_BUDGET
        written = await exported(call.database, found, targets, path, format, question.progress, budget)
        answer = question.heading(found=written.account.matched, rows=written.rows)
        answer |= {"file": str(path), "sha256": digest(path), "bytes": path.stat().st_size}
    leaving.gone(file=path.name, rows=written.rows, sha256=answer["sha256"])
    if written.totals:
        answer["control_totals"] = written.totals
    if written.account.changed:
        answer["changed_while_read"] = written.account.changed
    answer["read"] = written.account.read
    answer["found_set"] = call.found_sets.keep(found, call.caller)
    return answer


async def _free_to_export(
    call: Call, question: Asked, file: str, kind: str, columns: list[str]
) -> Free | Answer | InputRequiredResult:
    """After outsiders' text was read a person agrees first: what it asked for may be what is exported."""
    if call.changes.leaving.is_free:
        return Free(call)
    found = question.found_set
    about = {"records": found.criteria.understood, "columns": ", ".join(columns), "file": f"{file} ({kind})"}
    step = file_step(found.layout.name, f"Export records of {found.layout.name!r} to a file", about)
    return await free_to_leave(call, "export_records", step, ("export", found.layout.name, about))
