"""`filemaker-mcp run NAME`: carry out a runbook, with a progress bar on a terminal, lines in a log, JSON on request."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, NameUnknown
from ..names import near
from .run_report import Teller, report_lines

if TYPE_CHECKING:
    from ...tools._call import Workspace
    from ..app.app import Application
    from ..jobs.job import Finished, Report
    from ..jobs.runbook import Runbook

DONE, FOR_A_PERSON, BROKEN_OFF, BUSY = 0, 1, 3, 4
Facts = dict[str, object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="the runbook; all are listed without it")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--dry-run", action="store_true", help="show what would happen, and change nothing")
    parser.add_argument("--json", action="store_true", help="the report as JSON, for programs")
    parser.add_argument("--review", action="store_true", help="list the records that wait for a person")
    parser.add_argument(
        "--release", metavar="ID", nargs="+", help="records that a person has looked at, or all"
    )
    parser.epilog = (
        "A run that was broken off is continued. Exit status: 0 every record done; 1 some need a person; "
        "2 the runbook or the configuration is wrong; 3 broken off before its end; 4 it is running already."
    )


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    from ..app.app import build
    from ..settings.configuration import configured

    application = build(configured(os.environ, arguments.config))
    _end_on_signals()
    try:
        return await _chosen(application, arguments)
    except asyncio.CancelledError:
        sys.stderr.write("filemaker-mcp: broken off; the next run goes on.\n")
        return BROKEN_OFF
    finally:
        await application.close()


async def _chosen(application: Application, arguments: argparse.Namespace) -> int:
    books = [
        (workspace, book)
        for workspace in application.workspaces.values()
        for book in workspace.runbooks.books.values()
    ]
    if arguments.name is None:
        for _, book in books:
            print(f"{book.name}  {book.description}".rstrip())
        return DONE
    found = next((each for each in books if each[1].name.casefold() == arguments.name.casefold()), None)
    if found is None:
        names = [book.name for _, book in books]
        raise NameUnknown("runbook", arguments.name, near=near(arguments.name, names) or tuple(names[:5]))
    workspace, book = found
    if arguments.release:
        return _release(workspace, book, arguments.release)
    if arguments.review:
        return _review(workspace, book, as_json=arguments.json)
    if arguments.dry_run:
        return await _dry(workspace, book, as_json=arguments.json)
    return await _really(workspace, book, as_json=arguments.json)


async def _really(workspace: Workspace, book: Runbook, *, as_json: bool) -> int:
    from ..jobs.job import Finished, JobKind, JobState, Task

    teller = Teller(sys.stderr, silent=as_json)

    async def work(report: Report) -> Finished:
        facts = await carried_out(workspace, book, report)
        return Finished(JobState.DONE, facts, nothing_ran=True)

    task = Task(
        kind=JobKind.RUNBOOK,
        subject=book.name,
        heading=f"Running the runbook {book.name!r}",
        caller=getpass.getuser(),
        fingerprint=f"runbook {book.name}",
        work=work,
        changes_things=True,
    )
    job, is_earlier = workspace.jobs.start(task)
    if is_earlier:
        sys.stderr.write(f"filemaker-mcp: {book.name!r} is running already, as {job.id}.\n")
        return BUSY
    while not job.state.is_over:
        job = await workspace.jobs.wait(job.id, 3600, teller.tell)
    teller.end()
    workspace.jobs.told(job)
    facts: Facts = {"job": job.id, **job.facts}
    if job.state is not JobState.DONE:
        facts = {"state": job.state.value, "runbook": book.name, **facts}
    print(json.dumps(facts, ensure_ascii=False, default=str) if as_json else "\n".join(report_lines(facts)))
    if "stopped" in facts or job.state is JobState.CANCELLED:
        return BROKEN_OFF
    return DONE if facts["state"] == "done" and not facts.get("left_out") else FOR_A_PERSON


async def carried_out(workspace: Workspace, book: Runbook, report: Report) -> Facts:
    """The rest of a run that was broken off, else a new one; whoever started it has agreed to it."""
    from ..changes.plan import Who

    who = Who(getpass.getuser(), "filemaker-mcp run")
    progress = await workspace.runbooks.unfinished(book, who)
    draft = None
    if progress is None:
        draft = await workspace.runbooks.draft(book)
        if not draft.records:
            return {"state": "done", "runbook": book.name, "records": {}, **draft.facts}
        progress = workspace.runbooks.keep(book, draft, who)
    workspace.changes.ledger.agreed(progress.plan, who, "whoever started filemaker-mcp run")
    facts = await workspace.runbooks.carry_out(progress, who, report)
    if draft is None:
        return facts | {"continued": True}
    return facts | {f"before_{name}": each for name, each in draft.facts.items()}


async def _dry(workspace: Workspace, book: Runbook, *, as_json: bool) -> int:
    from ..changes.differences import change_of

    draft = await workspace.runbooks.draft(book)
    shown = [
        change_of(step.kind, item) | {"id": item.record_id, "record": item.label}
        for step in draft.steps
        for item in step.items
    ]
    if as_json:
        print(
            json.dumps(
                {"state": "planned", "runbook": book.name, "would": shown, **draft.facts},
                ensure_ascii=False,
                default=str,
            )
        )
        return DONE
    print(
        f"{book.name} would {'run ' + repr(book.script) if book.script else 'edit'} for {draft.records} records on {book.layout!r}:"
    )
    for each in shown:
        what = each.get("parameter", each.get("fields", ""))
        print(f"  {each['id']} {each['record']}: {what}")
    for title, lines in (("For a person", draft.review), ("Left alone", draft.skipped)):
        if lines:
            print(f"{title}: {len(lines)}", *(f"  {line}" for line in lines), sep="\n")
    print("Nothing was changed.")
    return DONE


def _review(workspace: Workspace, book: Runbook, *, as_json: bool) -> int:
    held = workspace.runbooks.review.held(book.name)
    if as_json:
        print(json.dumps(held, ensure_ascii=False))
    elif not held:
        print(f"No record of {book.name!r} waits for a person.")
    else:
        print(*(f"{record}  {why}" for record, why in held.items()), sep="\n")
    return DONE


def _release(workspace: Workspace, book: Runbook, records: list[str]) -> int:
    count = workspace.runbooks.review.release(book.name, None if records == ["all"] else records)
    if not count:
        raise InputError(
            f"None of these records waits for a person in {book.name!r}", advice="--review lists them."
        )
    print(f"{count} released; the next run takes them again.")
    return DONE


def _end_on_signals() -> None:
    """A run that is told to end writes down where it is and logs out."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, task.cancel if task is not None else loop.stop)
        except (
            NotImplementedError
        ):  # Windows' event loop; there Ctrl-C ends the process and the next run goes on
            return
