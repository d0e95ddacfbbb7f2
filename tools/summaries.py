"""Figures over whole found sets, and found sets as files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp_types import InputRequiredResult
from pydantic import Field

from ..server.errors import InputError
from ._call import Answer, Call
from .arguments.parameters import FoundSetHandle, GoAhead, Layout, OfGroup, Omit, Where
from .exports import free_to_export, kind_of, with_file

if TYPE_CHECKING:
    from ..server.jobs.job import Report
    from ..server.query.found_sets.answer_columns import InManyRows

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
            description='"count", {"sum": "Total"}, average, min, max, median, stddev, distinct, {"percentile": "Total", "p": 90}, '
            '{"share": "Total", "of": group above}, {"first": "Status", "by": "Date"}, last, {"ratio": [m1, m2]}, '
            '{"running": m}, {"moving": m, "periods": 3}, {"new": "Customer ID"} (by period), returning, lost; of two fields '
            '{"sum": {"product": ["Qty", "Price"]}}, difference, '
            "days_between; or one that notes define"
        ),
    ] = [],  # noqa: B006 -- read, never changed; a schema shows the default
    group_by: Annotated[
        list[str | dict[str, Any]],
        Field(
            description='Up to 3: "Status", {"field": "Date", "by": "month"} (day..fiscal_year, weekday, hour), '
            '{"field": "Total", "bands": [0, 100]}, {"field": "Due", "age": [30, 60]}, '
            '{"field": "Customer ID", "label": "Customer::Name"}'
        ),
    ] = [],  # noqa: B006 -- as above
    having: Annotated[
        dict[str, Any] | None, Field(description='Groups to keep: {"sum Total": {"gt": 1000}}')
    ] = None,
    sort: Annotated[list[str], Field(description="Result columns: -sum Total for descending")] = [],  # noqa: B006 -- as above
    top: Annotated[int, Field(description="Groups to show; the rest is `other`", ge=1, le=500)] = SHOWN,
    top_each: Annotated[int | None, Field(description="Of these, most for each first group", ge=1)] = None,
    offset: Annotated[int, Field(description="Groups to skip", ge=0)] = 0,
    file: Annotated[str | None, Field(description="Name of a new CSV, XLSX or JSONL for all groups")] = None,
    compare: Annotated[
        Literal["previous_year", "previous_period"] | None,
        Field(description="Against last year, or the period before, up to the same day: both and the change"),
    ] = None,
    go_ahead: GoAhead = False,
) -> Answer | InputRequiredResult:
    """Count, sum, average and group all records that match, however many; exact. No need to read the records first."""
    from ..server.jobs.job import JobKind
    from ..server.query.found_sets.answer_columns import InManyRows
    from ..server.query.summary.earlier_period import earlier
    from ..server.query.summary.figures import MOST_WRITTEN, figures
    from ..server.query.summary.groups.group_reader import Grouping
    from ..server.query.summary.measures.measure_reader import MeasureReader
    from ..server.query.summary.wish import wished
    from ._background import BackgroundQuestion, answered
    from ._export_consent import Free
    from .arguments.asked_found_set import counted
    from .arguments.found_set_arguments import asked
    from .views.column_roles import summary_roles

    budget, database = call.budget(go_ahead), call.database
    question = await asked(call, layout, where, omit, found_set, [], group, budget=budget)
    wording, calendar = question.wording, database.calendar
    wanted, criteria = wording.measures(measures)
    if criteria is not None:
        question = question.narrowed(call, criteria)
    try:
        groups = Grouping(question.found_set.layout, calendar, wording.language).groups(
            wording.groups(group_by)
        )
        names = [each.name for each in groups]
        reader = MeasureReader(question.found_set.layout, calendar.today(), wording.language, names)
        read = reader.measures(wanted)
    except InManyRows as error:
        raise await _with_layouts(call, error) from error
    wish = wished(
        groups,
        read,
        {wording.column(name): condition for name, condition in having.items()} if having else None,
        wording.columns(sort),
        calendar,
        top=MOST_WRITTEN if file is not None else top,
        skip=0 if file is not None else offset,
        each=top_each,
        compared=compare is not None,
    )
    if call.view is not None:
        call.view.update(summary_roles(wish, calendar, compared=compare is not None))
    against = None if compare is None else await earlier(database, question.found_set, compare)
    if against is not None:
        question = replace(question, found_set=against.now)
    found = question.found_set
    leaving = None
    if file is not None:
        leaving = await free_to_export(call, question, file, kind_of(file), list(wish.names))
        if not isinstance(leaving, Free):
            return leaving

    async def work(report: Report) -> Answer:
        count, facts = await figures(
            database, found, wish, against=against, progress=counted(report), budget=budget
        )
        answer = await question.heading(call, found=count)
        names = [name for each in wish.groups for name in each.fields]
        names += [name for each in wish.measures if each.operand is not None for name in each.operand.keys]
        if file is not None and leaving is not None:
            facts = await with_file(call, leaving, found.layout.name, names, file, facts, top)
        answer |= call.database.outsiders.label(found.layout.name, names) | facts
        answer["found_set"] = await call.found_sets.keep(found, call.caller)
        return answer

    asked_for = (
        where,
        omit,
        found_set,
        group,
        measures,
        group_by,
        having,
        sort,
        top,
        top_each,
        offset,
        file,
        compare,
    )
    return await answered(call, BackgroundQuestion(JobKind.SUMMARY, found.layout.name, asked_for), work)


async def _with_layouts(call: Call, error: InManyRows) -> InputError:
    """Names the layouts whose records the rows are."""
    layouts = (await call.database.layouts_of(error.occurrence))[:5]
    if not layouts:
        return error
    return InputError(
        error.what, advice=f"Ask {' or '.join(map(repr, layouts))}, whose records these rows are."
    )
