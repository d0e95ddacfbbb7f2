"""Figures over whole found sets, and found sets as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp_types import InputRequiredResult
from pydantic import Field

from ._call import Answer, Call
from ._parameters import FoundSetHandle, GoAhead, Layout, OfGroup, Omit, SortBy, Where

if TYPE_CHECKING:
    from ..server.jobs.job import Report
    from ._export_consent import Free
    from ._found_set_arguments import Asked

Kind = Literal["csv", "xlsx", "jsonl"]
SHOWN = 40
"""Groups an answer shows unless told otherwise."""


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
            'share; of two fields {"sum": {"product": ["Qty", "Price"]}}, difference, days_between; or one that notes define'
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
    sort: Annotated[list[str], Field(description="Result columns: -sum Total for descending")] = [],  # noqa: B006 -- as above
    top: Annotated[int, Field(description="Groups to show; the rest is `other`", ge=1, le=500)] = SHOWN,
    compare: Annotated[
        Literal["previous_year", "previous_period"] | None,
        Field(description="Against last year, or the period before: both figures and the change"),
    ] = None,
    go_ahead: GoAhead = False,
) -> Answer:
    """Count, sum, average and group all records that match, however many; exact. No need to read the records first."""
    from ..server.jobs.job import JobKind
    from ..server.query.summary.comparison import earlier
    from ..server.query.summary.figures import figures
    from ..server.query.summary.groups import groups
    from ..server.query.summary.measures import measures as measures_of
    from ..server.query.summary.summary import wished
    from ._background import Question, answered
    from ._found_set_arguments import asked, counted

    question = await asked(call, layout, where, omit, found_set, [], group)
    wording = question.wording
    said, criteria = wording.measures(measures)
    if criteria is not None:
        question = question.narrowed(call, criteria)
    found, database = question.found_set, call.database
    wish = wished(
        groups(found.layout, wording.groups(group_by)),
        measures_of(found.layout, said, database.calendar.today()),
        {wording.column(name): condition for name, condition in having.items()} if having else None,
        wording.columns(sort),
        top,
        compared=compare is not None,
    )
    against = None if compare is None else earlier(database, found, compare)
    budget = call.budget(go_ahead)

    async def work(report: Report) -> Answer:
        count, facts = await figures(
            database, found, wish, against=against, progress=counted(report), budget=budget
        )
        answer = await question.heading(call, found=count) | facts
        answer["found_set"] = call.found_sets.keep(found, call.caller)
        return answer

    asked_for = (where, omit, found_set, group, measures, group_by, having, sort, top, compare)
    return await answered(call, Question(JobKind.SUMMARY, found.layout.name, asked_for), work)


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
    format: Annotated[Kind | None, Field(description="Kind of file; else by the ending, or csv")] = None,  # noqa: A002 -- the word people use
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Write all records that match to a new CSV, XLSX or JSON lines file, without reading them into the chat."""
    from ..server.jobs.job import JobKind
    from ..server.query.export.export import exportable, exported
    from ..server.query.export.new_file import digest, new_file
    from ..server.query.found_sets.answer_columns import single
    from ._background import Question, answered
    from ._export_consent import Free
    from ._found_set_arguments import asked, counted

    question = await asked(call, layout, where, omit, found_set, sort, group)
    found = question.found_set
    named = question.wording.fields(fields)
    names = named if named is not None else exportable(found.layout)
    targets = [single(found.layout, name, "be exported") for name in names]
    endings: tuple[Kind, ...] = ("csv", "xlsx", "jsonl")
    kind = format or next((each for each in endings if file.lower().endswith(f".{each}")), "csv")
    leaving = await _free_to_export(call, question, file, kind, [target.name for target in targets])
    if not isinstance(leaving, Free):
        return leaving
    folder = call.workspace.files.folder
    budget = call.budget(go_ahead)

    async def work(report: Report) -> Answer:
        with new_file(folder, file, f".{kind}") as path:
            written = await exported(call.database, found, targets, path, kind, counted(report), budget)
            answer = await question.heading(call, found=written.account.matched, rows=written.rows)
            answer |= {"file": str(path), "sha256": digest(path), "bytes": path.stat().st_size}
        await leaving.gone(file=path.name, rows=written.rows, sha256=answer["sha256"])
        if written.totals:
            answer["control_totals"] = written.totals
        if written.account.changed:
            answer["changed_while_read"] = written.account.changed
        answer["read"] = written.account.read
        answer["found_set"] = call.found_sets.keep(found, call.caller)
        return answer

    asked_for = (file, where, omit, found_set, group, names, sort, kind)
    return await answered(call, Question(JobKind.EXPORT, found.layout.name, asked_for), work)


async def _free_to_export(
    call: Call, question: Asked, file: str, kind: str, columns: list[str]
) -> Free | Answer | InputRequiredResult:
    """After outsiders' text was read a person agrees first: what it asked for may be what is exported."""
    from ._export_consent import Free, file_step, free_to_leave

    if call.changes.leaving.is_free:
        return Free(call)
    found = question.found_set
    about = {"records": found.criteria.understood, "columns": ", ".join(columns), "file": f"{file} ({kind})"}
    step = file_step(found.layout.name, f"Export records of {found.layout.name!r} to a file", about)
    return await free_to_leave(call, "export_records", step, ("export", found.layout.name, about))
