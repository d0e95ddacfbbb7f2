"""What an assistant can do: the whole product on one screen."""

from __future__ import annotations

from collections.abc import Set

from ._tool import Declaration, Need, ToolEffect
from .changes import (
    apply_change,
    create_records,
    delete_records,
    edit_records,
    list_changes,
    undo_change,
)
from .connection import check_connection
from .containers import read_container
from .exports import export_records
from .jobs import check_job, stop_job
from .layouts import describe_layout, list_layouts
from .records import find_records, get_record
from .scripts import list_scripts, run_script
from .summaries import summarize_records

READ, SAVE, PLAN, WRITE, RUN = (
    ToolEffect.READ,
    ToolEffect.SAVE,
    ToolEffect.PLAN,
    ToolEffect.WRITE,
    ToolEffect.RUN,
)

TOOLS = (
    Declaration(list_layouts, "List layouts", READ),
    Declaration(describe_layout, "Describe layouts", READ),
    Declaration(find_records, "Find records", READ),
    Declaration(get_record, "Read a record", READ),
    Declaration(summarize_records, "Summarize records", READ),
    Declaration(export_records, "Export records", SAVE),
    Declaration(read_container, "Read a container", SAVE),
    Declaration(create_records, "Plan new records", PLAN, Need.EDIT),
    Declaration(edit_records, "Plan edits", PLAN, Need.EDIT),
    Declaration(delete_records, "Plan a delete", PLAN, Need.DELETE),
    Declaration(
        apply_change,
        "Carry out a plan",
        WRITE,
        Need.EDIT,
        destructive=True,
        idempotent=True,
        runs_scripts=True,
    ),
    Declaration(undo_change, "Plan the way back", PLAN, Need.EDIT),
    Declaration(list_changes, "List changes", READ),
    Declaration(list_scripts, "List scripts", READ, Need.SCRIPTS),
    Declaration(run_script, "Run a script", RUN, Need.SCRIPTS, destructive=True, runs_scripts=True),
    Declaration(check_job, "Check a job", READ),
    Declaration(stop_job, "Stop a job", RUN, idempotent=True),
    Declaration(check_connection, "Check the connection", READ),
)


def offered(needs: Set[Need]) -> tuple[Declaration, ...]:
    """The tools that the owner's policy allows. The others are absent rather than refused."""
    return tuple(tool for tool in TOOLS if tool.need in needs)
