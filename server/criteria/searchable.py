"""Which fields a find can search, and which condition fits which type of field."""

from __future__ import annotations

from ..errors import InputError
from . import moments, numeric, text
from .targets import Target

UNARY = ("empty", "duplicate", "invalid")
ALL_OPERATORS = text.OPERATORS | numeric.OPERATORS | moments.OPERATORS
BY_TYPE = {
    "text": text.OPERATORS,
    "number": numeric.OPERATORS,
    "date": moments.OPERATORS,
    "timeStamp": moments.OPERATORS,
    "time": moments.OPERATORS,
}


def refuse_unsearchable(field: Target) -> None:
    """Globals, containers and summaries cannot be searched (section 7.2)."""
    reason = ""
    if field.meta.is_global:
        reason = "it is a global field: one value for the session, not one for each record"
    elif field.type == "container":
        reason = "it is a container"
    elif field.meta.is_disguised:
        reason = "the owner hides what it holds; it can be grouped and counted"
    elif field.meta.kind == "summary":
        reason = "it is a summary field, whose value depends on the found set; summarize_records has `having`"
    elif field.type not in BY_TYPE:
        reason = "the layout shows a broken object there"
    if reason:
        raise InputError(f"{field.name!r} cannot be searched: {reason}")
