"""The shop: a solution whose own rules live in its scripts, and whose owner has duties."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted
from ..host_of import host_of
from .workshop_host import FREE

FOLDER = Path(__file__).parent / "shop"
PLACE = {"FILEMAKER_DATABASE": "Shop", "FILEMAKER_SCRIPTS": "{}"}


def shop() -> Emulator:
    return host_of(FOLDER)


def in_shop(
    rules: Mapping[str, Any] | None = None,
    emulator: Emulator | None = None,
    environment: Mapping[str, str] | None = None,
    **more: Any,
) -> AbstractAsyncContextManager[Assistant]:
    """An assistant in the shop. `rules` are settings of its database, as the file has them."""
    tree = {"database": {"shop": dict(rules or {})}}
    return assisted(
        PLACE | FREE | dict(environment or {}), emulator=emulator or shop(), settings=tree, **more
    )


async def stored(assistant: Assistant, record_id: int, table: str = "Invoices") -> dict[str, str]:
    """A record as the host holds it, fields that are filled."""
    row = assistant.emulator.record("Shop", table, record_id)
    assert row is not None, f"there is no record {record_id}"
    return {name: values[0] for name, values in row.values.items() if values and values[0]}
