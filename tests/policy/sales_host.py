"""A small sales solution with the names and spellings that a policy has to stand, and an assistant under given rules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted
from ..host_of import host_of

FOLDER = Path(__file__).parent / "sales"


def sales(folder: Path | None = None, **tables: Sequence[str]) -> Emulator:
    """With other `tables` in a folder of its own: table -> lines of CSV."""
    if folder is None:
        return host_of(FOLDER)
    shutil.copytree(FOLDER, folder / "sales")
    for table, lines in tables.items():
        (folder / "sales" / "data" / f"{table}.csv").write_text("\n".join(lines), encoding="utf-8")
    return Emulator([folder / "sales"])


def in_sales(
    emulator: Emulator | None = None,
    *,
    person: Any = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **rules: Any,
) -> AbstractAsyncContextManager[Assistant]:
    """Everything is allowed and nobody is asked, but for the rules; they are named as in a configuration file."""
    given = {"database": "Sales", "approval": "client", "scripts": {"Count": {"effect": "reads"}}} | rules
    environment = {
        f"FILEMAKER_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }
    return assisted(environment, emulator=emulator or sales(), person=person, transport=transport)


async def somebody_edits(emulator: Emulator, layout: str, record_id: int, values: dict[str, str]) -> None:
    """A colleague, by the same account and past everything that is ours."""
    base = "http://127.0.0.1/fmi/data/vLatest/databases/Sales"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=emulator.app)) as client:
        login = await client.post(f"{base}/sessions", json={}, auth=("assistant", "demo"))
        headers = {"Authorization": f"Bearer {login.json()['response']['token']}"}
        address = f"{base}/layouts/{layout}/records/{record_id}"
        answer = await client.patch(address, json={"fieldData": values}, headers=headers)
        assert answer.status_code == 200, answer.text


def rows_of(answer: dict[str, Any]) -> list[list[Any]]:
    """The rows of an answer without their record ids."""
    return [row[1:] for row in answer.get("rows", [])]


def stored(emulator: Emulator, table: str, record_id: int, field: str) -> str:
    """What a field holds on the host."""
    row = emulator.record("Sales", table, record_id)
    assert row is not None
    return str(row.values[field][0])


def sent(emulator: Emulator, since: int = 0) -> Sequence[str]:
    """The paths of what was asked of the host."""
    return [request.path for request in emulator.requests[since:]]
