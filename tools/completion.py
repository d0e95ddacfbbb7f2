"""Names offered while somebody types an argument of a prompt or of a resource's address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from mcp_types import Completion, PromptReference, ResourceTemplateReference

from ..server.errors import FilemakerMcpError
from ._call import Workspace, Workspaces
from .resources import DATABASE

MOST = 100
"""Names that a completion may offer (the protocol's own bound)."""
MONTHS = 24


async def completed(
    workspaces: Workspaces,
    reference: PromptReference | ResourceTemplateReference,
    argument: str,
    begun: str,
    others: Mapping[str, str],
) -> Completion | None:
    """What `begun` may become; `others` holds the arguments that have a value. None for an argument that is free text."""
    if argument == DATABASE:
        return _fitting(begun, workspaces)
    names: list[str] = []
    chosen = others.get(DATABASE)
    is_prompt = isinstance(reference, PromptReference)
    for name in workspaces if chosen is None or chosen not in workspaces else (chosen,):
        try:
            with workspaces[name].usage.during("completion"):
                offered = await _names(workspaces[name], argument, others, is_prompt=is_prompt)
        except FilemakerMcpError:  # a database that cannot be reached has nothing to offer
            continue
        if offered is None:
            return None
        names += offered
    return _fitting(begun, names)


async def _names(
    workspace: Workspace, argument: str, others: Mapping[str, str], *, is_prompt: bool
) -> list[str] | None:
    if argument == "layout":
        return [item.name for item in await workspace.database.layouts()]
    if argument == "field":
        meta = await workspace.database.layout(others["layout"]) if others.get("layout") else None
        return (
            [] if meta is None else [field.name for field in meta.fields.values() if field.type != "invalid"]
        )
    runbooks = list(workspace.runbooks.books)
    if argument == "runbook":
        return runbooks
    if argument == "script":
        scripts = [script.name for script in workspace.scripting.open()]
        return [*scripts, *runbooks] if is_prompt else scripts
    if argument == "month":
        return _months(workspace)
    return None


def _months(workspace: Workspace) -> list[str]:
    """The latest first, this month included."""
    day = workspace.database.calendar.today().replace(day=1)
    months: list[str] = []
    while len(months) < MONTHS:
        months.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return months


def _fitting(begun: str, names: Iterable[str]) -> Completion:
    """Names that begin so come first."""
    wanted = begun.casefold()
    fitting = [name for name in dict.fromkeys(names) if wanted in name.casefold()]
    fitting.sort(key=lambda name: not name.casefold().startswith(wanted))
    return Completion(values=fitting[:MOST], total=len(fitting), has_more=len(fitting) > MOST)
