"""What an entry of the journal says, where another program may have written into it: what cannot be read is empty, and
`journal verify` names the entry."""

from __future__ import annotations

from typing import Any, cast

from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_contents import Contents
from ...local.state.state import Row
from ..plans.codec import read
from .entry_image import image_text

UNREADABLE = (ValueError, TypeError, ArithmeticError, RecursionError)


def fact(name: str, of: str = "facts") -> str:
    """For a statement: one of the facts, and none where what stands there is no JSON. One altered entry stops nobody."""
    return f"CASE WHEN json_valid({of}) THEN json_extract({of}, '$.{name}') END"


def facts_in(row: Row) -> dict[str, Any]:
    """What stays for good."""
    return _read(row["facts"])


def image_in(row: Row, contents: Contents) -> dict[str, Any]:
    """What tells of contents; empty where it was left out, or is gone."""
    try:
        text = image_text(contents, row)
    except BrokenBox:
        return {}
    return {} if text is None else _read(text)


def _read(text: str) -> dict[str, Any]:
    try:
        told: object = read(text)
    except UNREADABLE:
        return {}
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}
