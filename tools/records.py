"""Records: found, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ..server.errors import InputError
from ._call import Answer, Call
from .arguments.parameters import (
    Criteria,
    FoundSetHandle,
    GoAhead,
    Layout,
    OfGroup,
    Omit,
    RecordId,
    SortBy,
    Where,
)

if TYPE_CHECKING:
    from ..server.query.records.record_table import Table
    from .arguments.asked_found_set import Asked


BY_DEFAULT = 20
"""Records an answer shows unless told otherwise."""


async def find_records(
    call: Call,
    layout: Annotated[
        Layout | list[Layout] | None,
        Field(description='As list_layouts gives it; several, or "*", with where {"text": ...}'),
    ] = None,
    where: Annotated[
        Criteria | None,
        Field(
            description='{field: value}, null empty, [any of], or conditions such as {"Total": {"gte": 500}, "Name": '
            '{"contains": "x"}, "ID": {"not_in": {"layout": "Orders", "field": "Customer ID"}}}; more in the instructions'
        ),
    ] = None,
    omit: Omit = None,
    found_set: FoundSetHandle = None,
    group: OfGroup = None,
    fields: Annotated[list[str] | None, Field(description="Columns; Portal::Field shows portal rows")] = None,
    portals: Annotated[list[str], Field(description="Portals to show with all their columns")] = [],  # noqa: B006 -- read, never changed; a schema shows the default
    sort: SortBy = [],  # noqa: B006 -- as above
    limit: Annotated[int, Field(description="Records to show", ge=1, le=1000)] = BY_DEFAULT,
    offset: Annotated[int, Field(description="Records to skip", ge=0)] = 0,
    go_ahead: GoAhead = False,
) -> Answer:
    """Find records by criteria, sorted, as columns and rows. To count or total use summarize_records."""
    from ..server.query.found_sets.answer_columns import chosen
    from ..server.query.records.looser_criteria import loosened_count
    from ..server.query.records.number_order import in_number_order
    from ..server.query.records.record_finder import Finding
    from ..server.query.records.record_table import Table
    from ._text_search import EVERY, search
    from .arguments.found_set_arguments import asked
    from .views.column_roles import record_roles

    budget = call.budget(go_ahead)
    if isinstance(layout, list) or layout == EVERY:
        return await search(call, layout if isinstance(layout, list) else [layout], where, omit, budget)
    question = await asked(call, layout, where, omit, found_set, sort, group, budget=budget)
    found = question.found_set
    fields = question.wording.fields(fields)
    columns = chosen(found.layout, fields, portals, [*found.targets, *question.sort_targets])
    finding = Finding(call.database, found, question.progress, budget)
    page, order = await in_number_order(finding, offset, limit, columns)
    found = finding.found_set
    table = Table(columns)
    page.fill(table)
    answer = await question.heading(call, counting=offset == 0, found=page.found, shown=len(table.rows))
    answer |= await finding.unread_facts(dates=found_set is None and offset == 0)
    if page.found:
        if call.view is not None:
            call.view.update(record_roles(found.layout, columns))
        answer |= {"sorted": order} if order and offset == 0 else {}
        answer |= call.database.outsiders.label(found.layout.name, columns.keys) | table.answer()
        if finding.read:
            answer["read"] = finding.read
        answer["found_set"] = await call.found_sets.keep(found, call.caller)
        if call.changes.links.script and page.found == len(table.rows):
            answer |= call.changes.links.of_records(found.layout.name, page.records)
    elif count := await loosened_count(call.database, found):
        answer["words_would_find"] = count
    after = offset + len(table.rows)
    if after < page.found:
        answer["next"] = {"offset": after}
        if table.is_full:
            answer["cut"] = "the answer reached its size; go on with next, or ask for fewer fields"
    elif page.found and offset >= page.found:
        raise InputError(f"offset {offset} lies beyond the {page.found} records found")
    return answer


async def get_record(
    call: Call,
    layout: Layout,
    id: Annotated[RecordId | None, Field(description="Record id")] = None,  # noqa: A002 -- the name that answers give it
    where: Annotated[Where, Field(description="Criteria that match one record, instead of id")] = None,
    fields: Annotated[list[str] | None, Field(description="Only these; all unless given")] = None,
    portals: Annotated[
        list[str] | None, Field(description="Only these, to their end; all unless given")
    ] = None,
    portal_offset: Annotated[int, Field(description="Portal rows to skip", ge=0)] = 0,
    text_offset: Annotated[int, Field(description="Characters of a long text to skip", ge=0)] = 0,
) -> Answer:
    """Read one record with all its fields and portal rows."""
    from ..server.query.found_sets.answer_columns import chosen, everything
    from ..server.query.found_sets.portal_pages import completed
    from ..server.query.records.long_texts import within_budget
    from ..server.query.records.looser_criteria import loosened_count
    from ..server.query.records.meant_record import candidates
    from ..server.query.records.record_table import Table, bare, without_nothing
    from .arguments.found_set_arguments import asked

    if (id is None) == (where is None):
        raise InputError("get_record takes either id or where")
    layout = await call.layout_called(layout)
    meta = await call.database.layout(layout)
    notes: list[str] = []
    if id is None:
        question = await asked(call, layout, where, None, None, [], budget=call.budget(False))
        matches = await candidates(call.database, question.found_set)
        if matches.found != 1:
            answer = await _candidates(call, question, matches.found, matches.table)
            if not matches.found and (count := await loosened_count(call.database, question.found_set)):
                answer["words_would_find"] = count
            return answer
        id = matches.id  # noqa: A001 -- as above
        notes = await question.notes(call)
    columns = everything(meta, portals) if fields is None else chosen(meta, fields, portals or ())
    columns.offsets.update(dict.fromkeys(columns.portals, portal_offset))
    record = await call.database.record(layout, id, portals=columns.ranges, needs=columns.fields)
    record = await completed(call.database, layout, record, columns.offsets, columns.portals)
    table = Table(columns, row_ids=True)
    table.add(record)
    answer: Answer = {
        "layout": layout,
        "id": record.record_id,
        **call.database.outsiders.label(layout, columns.keys),
    }
    contents = without_nothing(record.fields, columns.fields, columns.containers)
    answer["fields"], shortened = within_budget(contents, text_offset)
    if shortened:
        answer["shortened"] = [*shortened, "go on with fields and text_offset"]
    if notes:
        answer["notes"] = notes
    shown = {
        name: {
            "found": record.portals[name].found,
            "columns": ["id", *bare(name, keys)],
            "rows": table.rows[0][n],
        }
        for n, (name, keys) in enumerate(columns.portals.items(), start=1 + len(columns.fields))
        if name in record.portals and record.portals[name].found
    }
    if shown:
        answer["portals"] = shown
    if table.unclear:
        answer["portals_unclear"] = list(table.unclear)
    if table.cut_portals:
        answer["cut"] = [*table.cut_portals, "go on with portals and portal_offset"]
    return answer


async def _candidates(call: Call, question: Asked, found: int, table: Table | None) -> Answer:
    """No guess which record was meant: the first few of them instead."""
    answer = await question.heading(call, found=found, shown=len(table.rows) if table else 0)
    answer["record"] = "none matches" if not found else "several match; choose one and ask by its id"
    if table is None or not found:
        return answer
    return (
        answer
        | call.database.outsiders.label(question.found_set.layout.name, table.columns.keys)
        | table.answer()
    )
