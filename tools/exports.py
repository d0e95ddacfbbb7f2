"""Records and summaries as files that people open elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, cast

from anyio import to_thread
from mcp_types import InputRequiredResult
from pydantic import Field

from ..server.errors import InputError
from ._call import Answer, Call
from .arguments.parameters import FoundSetHandle, GoAhead, Layout, OfGroup, Omit, SortBy, Where

if TYPE_CHECKING:
    from ..server.jobs.job import Report
    from ._export_consent import Free
    from .arguments.asked_found_set import Asked

Kind = Literal["csv", "xlsx", "jsonl"]


def kind_of(file: str) -> Kind:
    """By the ending of its name, or csv."""
    if file.lower().endswith(".xlsx"):
        return "xlsx"
    return "jsonl" if file.lower().endswith(".jsonl") else "csv"


async def with_file(
    call: Call, leaving: Free, layout: str, names: Sequence[str], file: str, facts: Answer, top: int
) -> Answer:
    """Writes what `facts` show, which rests on the fields `names`. Raises InputError where not every group is among them."""
    from ..server.query.export.new_file import digest, new_file
    from ..server.query.export.table_file import write_table

    if "next" in facts:
        raise InputError(
            "There are more groups than one file takes", advice="Narrow the criteria or group by less."
        )
    if "rows" in facts:
        columns, rows = cast("list[str]", facts["columns"]), cast("list[list[object]]", facts["rows"])
    else:
        figures = cast("Mapping[str, object]", facts["figures"])
        columns, rows = list(figures), [list(figures.values())]
    kind = kind_of(file)
    await to_thread.run_sync(call.workspace.files.check_room)
    with new_file(call.workspace.files.folder, file, f".{kind}") as new:
        await to_thread.run_sync(write_table, new.path, kind, columns, rows)
        sha256, size = await to_thread.run_sync(digest, new.path), new.path.stat().st_size
        await to_thread.run_sync(call.workspace.files.check_room, size)
        await call.database.outsiders.keep_export(layout, names, sha256)
        path = new.finished()
    path = await call.workspace.files.keep(path)
    await leaving.gone(file=path.name, rows=len(rows), sha256=sha256)
    shown = facts | ({"rows": rows[:top]} if "rows" in facts else {})
    return shown | {
        "file": call.workspace.files.shown(path),
        "sha256": sha256,
        "bytes": size,
        "rows_written": len(rows),
    }


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
    from ._background import BackgroundQuestion, answered
    from ._export_consent import Free
    from .arguments.asked_found_set import counted
    from .arguments.found_set_arguments import asked

    budget = call.budget(go_ahead)
    question = await asked(call, layout, where, omit, found_set, sort, group, budget=budget)
    found = question.found_set
    named = question.wording.fields(fields)
    names = named if named is not None else exportable(found.layout)
    targets = [single(found.layout, name, "be exported") for name in names]
    kind = format or kind_of(file)
    leaving = await free_to_export(call, question, file, kind, [target.name for target in targets])
    if not isinstance(leaving, Free):
        return leaving
    folder = call.workspace.files.folder
    await to_thread.run_sync(call.workspace.files.check_room)

    async def work(report: Report) -> Answer:
        with new_file(folder, file, f".{kind}") as new:
            written = await exported(call.database, found, targets, new.path, kind, counted(report), budget)
            answer = await question.heading(call, found=written.account.matched, rows=written.rows)
            sha256, size = await to_thread.run_sync(digest, new.path), new.path.stat().st_size
            await to_thread.run_sync(call.workspace.files.check_room, size)
            await call.database.outsiders.keep_export(found.layout.name, names, sha256)
            path = new.finished()
        path = await call.workspace.files.keep(path)
        answer |= {"file": call.workspace.files.shown(path), "sha256": sha256, "bytes": size}
        await leaving.gone(file=path.name, rows=written.rows, sha256=answer["sha256"])
        if written.totals:
            answer["control_totals"] = written.totals
        if written.cut:
            answer["cut_texts"] = f"{written.cut}: a cell holds 32,767 characters; CSV and jsonl hold all"
        if written.account.changed:
            answer["changed_while_read"] = written.account.changed
        answer["read"] = written.account.read
        answer["found_set"] = await call.found_sets.keep(found, call.caller)
        return answer

    asked_for = (file, where, omit, found_set, group, names, sort, kind)
    return await answered(call, BackgroundQuestion(JobKind.EXPORT, found.layout.name, asked_for), work)


async def free_to_export(
    call: Call, question: Asked, file: str, kind: str, columns: list[str]
) -> Free | Answer | InputRequiredResult:
    """After outsiders' text was read a person agrees first: what it asked for may be what is exported."""
    from ..server.query.found_sets.identity import identity_of
    from ..server.text.plain_parts import Name
    from ..server.text.sentence import say
    from ._export_consent import Free, file_step, free_to_leave

    if call.changes.leaving.is_free:
        return Free(call)
    found = question.found_set
    about = {
        "records": found.criteria.understood,
        "criteria": found.question.whole,
        "columns": ", ".join(columns),
        "file": f"{file} ({kind})",
    }
    how = say("Export records of %(layout)s to a file", layout=Name(found.layout.name))
    covers = identity_of(found, columns, file, kind, str(call.workspace.files.folder))
    step = file_step(found.layout.name, how, about, covers)
    return await free_to_leave(call, "export_records", step, ("export", covers))
