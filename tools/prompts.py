"""Questions that people ask again and again, ready to be picked at the client."""

from __future__ import annotations

from mcp.server import MCPServer
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from ..server.errors import FilemakerMcpError
from ._call import Workspaces

EXPLORE = """Explore this FileMaker solution with list_layouts and describe_layout. Tell me in plain words what it keeps, how its \
layouts belong together, which scripts and runbooks there are, and five questions that I could ask about it."""

REPORT = """Find what is meant and report it: {question}
Look up the layout and its fields first. Count, sum and group with summarize_records instead of reading rows. Say how the \
criteria were understood, how many records there are, and what was left out."""

QUALITY = """Check the quality of the data on the layout {layout!r}: required fields that are empty, values outside their value \
lists, duplicates, invalid dates, text in number fields, spellings that mean the same. Give for each how many records and a \
few examples with their ids. Change nothing."""

MONTH_END = """Prepare the month-end for {month}: look with list_scripts and list_layouts for what this solution has for it. Give the \
figures of the month against the month before, what is still open or unusual, and which scripts or runbooks would come \
next. Plan nothing and run nothing that changes something before I say so."""


MOST = 100
"""Names that a completion may offer."""


def add_prompts(server: MCPServer[None], workspaces: Workspaces) -> None:
    """The prompts, and the completion of the names of layouts in them."""

    @server.prompt(title="Explore this solution", description="What this FileMaker solution keeps and can do")
    def explore_solution() -> str:
        return EXPLORE

    @server.prompt(title="Find and report", description="Answer a question with complete figures")
    def find_and_report(question: str) -> str:
        return REPORT.format(question=question)

    @server.prompt(title="Check data quality", description="What is missing, double or odd on a layout")
    def check_data_quality(layout: str) -> str:
        return QUALITY.format(layout=layout)

    @server.prompt(title="Month-end", description="Figures of a month, what is open, what comes next")
    def month_end(month: str) -> str:
        return MONTH_END.format(month=month)

    @server.completion()
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        if argument.name != "layout":
            return None
        wanted = argument.value.casefold()
        names: list[str] = []
        for workspace in workspaces.values():
            try:
                names += [item.name for item in await workspace.database.layouts()]
            except FilemakerMcpError:  # a database that cannot be reached has nothing to offer
                continue
        fitting = [name for name in names if wanted in name.casefold()]
        return Completion(values=fitting[:MOST], total=len(fitting), has_more=len(fitting) > MOST)
