"""Questions that people ask again and again, ready to be picked at the client."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.prompts.base import PromptArgument
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from ._call import Workspaces
from ._tool import Need
from .completion import completed
from .resources import DATABASE

Given = Mapping[str, str]
"""Arguments that have a value."""


@dataclass(frozen=True)
class ReadyQuestion:
    """One prompt. `arguments` are name -> description; those in `needed` cannot be left out."""

    name: str
    title: str
    description: str
    text: Callable[[Given, Set[Need]], str]
    arguments: Mapping[str, str]
    needed: tuple[str, ...] = ()


def _explore(given: Given, needs: Set[Need]) -> str:
    scripts = (
        "\nSee with list_scripts which scripts and runbooks may be run, and what each is for."
        if Need.SCRIPTS in needs
        else ""
    )
    return f"""Explore this FileMaker solution{_where(given)} for me. Only read.
Begin with list_layouts. Describe the layouts that look central with describe_layout (several in one call), and leave out what \
looks like a copy, a test or a layout for printing. Count the records of each central layout with summarize_records.{scripts}
Tell me in plain words, without FileMaker's vocabulary where I do not need it:
1. what this solution keeps, and how much of it;
2. how its parts belong together (which field points to what; say where that is a guess from names);
3. what looks unusual: archived or deleted records that are still there, layouts without records, fields that hold two things;
4. what you may change or run here, if anything;
5. five questions worth asking, each with the layout and the fields that would answer it."""


def _report(given: Given, needs: Set[Need]) -> str:
    layout = given.get("layout")
    start = (
        f"Use the layout {layout!r}; look at its fields with describe_layout first."
        if layout
        else "Find the layout with list_layouts and its exact field names with describe_layout first."
    )
    return f"""Answer this question about my FileMaker data{_where(given)}: {given["question"]}
{start}
Count, total and group with summarize_records, which covers all records however many, instead of reading rows; `compare` sets \
an earlier period beside it. Use find_records only for records that I should see one by one.
If the question can be understood in two ways that give different figures, say which one you took.
Give the answer first, in one sentence with its figure, then a short table. Below it what it rests on: the criteria as they \
were understood, the dates they mean, how many records were found, and what was left out or could not be used. Round nothing \
that the answer does not round. Offer export_records if I may want the list."""


def _quality(given: Given, needs: Set[Need]) -> str:
    layout = given["layout"]
    field = given.get("field")
    only = f" Look at the field {field!r} above all." if field else ""
    return f"""Check the quality of the data on the layout {layout!r}{_where(given)}.{only} Change nothing.
Look at its fields with describe_layout. Then count with summarize_records, or find_records with a small limit:
- required fields that are empty: {{"Field": {{"empty": true}}}};
- values that are not in the field's value list: summarize_records grouped by the field, against the list;
- doubles in fields that should name one record: {{"Field": {{"duplicate": true}}}};
- dates that are none: {{"Field": {{"invalid": true}}}}, and dates far in the past or the future: min and max;
- spellings that mean the same: grouped by the field, with what the answer remarks as counted apart;
- records that point to nothing: a key that is filled while the related field is empty.
Show a table: what is wrong, in how many of how many records, two or three examples with their ids. Put what costs most \
first. Say what you did not check. End with what I could do about each, in FileMaker or as a change that you would plan."""


def _month_end(given: Given, needs: Set[Need]) -> str:
    layout = given.get("layout")
    script = given.get("script")
    where = f"on the layout {layout!r}" if layout else "on the layouts that keep invoices, payments and hours"
    if Need.SCRIPTS not in needs:
        steps = "Say which steps would come next, and who has to do them."
    elif script:
        steps = f"Look with list_scripts what {script!r} does and needs, and say whether everything is ready for it."
    else:
        steps = "See with list_scripts which scripts and runbooks belong to the month-end, and in which order you would run them."
    return f"""Prepare the month-end of {given["month"]}{_where(given)}. Read only: plan nothing and run nothing before I say so.
Find the figures of that month {where} (list_layouts and describe_layout name them): totals and counts with summarize_records, \
grouped as the solution groups its work, with `compare` against the month before.
List what stands in the way of closing: still open, without a date, without a number, unpaid beyond its term, entered after \
the month for the month.
{steps}
Show one table of figures (this month, the month before, the difference), then the list of what is open with ids, the \
largest amounts first, then the steps. Say for each figure how the criteria were understood and how many records it rests on."""


def _where(given: Given) -> str:
    return f" in the database {given[DATABASE]!r}" if given.get(DATABASE) else ""


LAYOUT = "A layout, as list_layouts gives it"
QUESTIONS = (
    ReadyQuestion(
        "explore_solution",
        "Explore this solution",
        "What this FileMaker solution keeps and can do",
        _explore,
        {},
    ),
    ReadyQuestion(
        "find_and_report",
        "Find and report",
        "Answer a question with complete figures",
        _report,
        {"question": "What you want to know, in your own words", "layout": f"{LAYOUT}, if you know it"},
        needed=("question",),
    ),
    ReadyQuestion(
        "check_data_quality",
        "Check data quality",
        "What is missing, double or odd on a layout",
        _quality,
        {"layout": LAYOUT, "field": "A field to look at above all"},
        needed=("layout",),
    ),
    ReadyQuestion(
        "month_end",
        "Month-end",
        "Figures of a month, what is open, what comes next",
        _month_end,
        {
            "month": "Such as 2026-10",
            "layout": "Where the figures are, if you know it",
            "script": "The script or runbook that closes the month, if there is one",
        },
        needed=("month",),
    ),
)


def add_prompts(server: MCPServer[None], workspaces: Workspaces, needs: Set[Need]) -> None:
    """The prompts, and the completion of names in their arguments and in the addresses of resources."""
    for question in QUESTIONS:
        server.add_prompt(_prompt(question, workspaces, needs))

    @server.completion()
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        others = (context.arguments if context else None) or {}
        return await completed(workspaces, ref, argument.name, argument.value, others)


def _prompt(question: ReadyQuestion, workspaces: Workspaces, needs: Set[Need]) -> Prompt:
    described = dict(question.arguments)
    if Need.SCRIPTS not in needs:
        described.pop("script", None)
    if len(workspaces) > 1:
        described[DATABASE] = f"Which of {', '.join(workspaces)}"

    def text(**given: Any) -> str:
        return question.text({name: str(each).strip() for name, each in given.items()}, needs)

    return Prompt(
        name=question.name,
        title=question.title,
        description=question.description,
        arguments=[
            PromptArgument(name=name, description=sentence, required=name in question.needed)
            for name, sentence in described.items()
        ],
        fn=text,
        context_kwarg=None,
    )
