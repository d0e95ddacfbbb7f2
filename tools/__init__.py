"""What an assistant can do: the whole product on one screen."""

from __future__ import annotations

from collections.abc import Set

from ._tool import Declaration, Effect, Need
from .connection import check_connection
from .layouts import describe_layout, list_layouts
from .records import find_records, get_record
from .scripts import list_scripts, run_script

READ, PLAN, WRITE, RUN = Effect.READ, Effect.PLAN, Effect.WRITE, Effect.RUN

TOOLS = (
    Declaration(list_layouts, "List layouts", READ),
    Declaration(describe_layout, "Describe layouts", READ),
    Declaration(find_records, "Find records", READ),
    Declaration(get_record, "Read a record", READ),
    Declaration(list_scripts, "List scripts", READ, Need.SCRIPTS),
    Declaration(run_script, "Run a script", RUN, Need.SCRIPTS, destructive=True),
    Declaration(check_connection, "Check the connection", READ),
)


def offered(needs: Set[Need]) -> tuple[Declaration, ...]:
    """The tools that the owner's policy leaves; the others are absent rather than refused."""
    return tuple(tool for tool in TOOLS if tool.need in needs)
