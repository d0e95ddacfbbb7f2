"""The books: invoices with lines, payments and notes, of which some go with an invoice and some a portal cannot make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant
from ..host_of import host_of
from .workshop_host import in_workshop

FOLDER = Path(__file__).parent / "books"
REMIND = {"effect": "changes", "layout": "Invoices"}


def books() -> Emulator:
    return host_of(FOLDER)


def in_books(
    emulator: Emulator | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    scripts: Mapping[str, Mapping[str, Any]] | None = None,
    **more: Any,
) -> AbstractAsyncContextManager[Assistant]:
    """An assistant in the books; everything is allowed and nobody is asked unless the environment says otherwise."""
    listed = {"Remind": REMIND} if scripts is None else scripts
    place = {"FILEMAKER_DATABASE": "Books", "FILEMAKER_SCRIPTS": json.dumps(listed)}
    return in_workshop(emulator or books(), place | dict(environment or {}), **more)


async def column(assistant: Assistant, layout: str, *fields: str) -> list[tuple[Any, ...]]:
    """Fields of every record of a layout, in the order of the table."""
    found = await assistant.ask("find_records", layout=layout, fields=list(fields), limit=1000)
    names = found.get("columns", [])
    return [tuple(row[names.index(field)] for field in fields) for row in found.get("rows", [])]


async def found_set(assistant: Assistant, **where: Any) -> str:
    found = await assistant.ask("find_records", layout="Invoices", where=where)
    return str(found["found_set"])
