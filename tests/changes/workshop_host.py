"""The workshop: a small solution in which every kind of change can be made, and a person who agrees."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.changes.change_desk import Changes
from filemaker_mcp.server.changes.consent.person_consent import ConsentMethod, PersonConsent
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.local.places import key_file

from ..assistant import Assistant, assisted
from ..host_of import host_of

FOLDER = Path(__file__).parent / "workshop"
PLACE = {"FILEMAKER_DATABASE": "Workshop", "FILEMAKER_SCRIPTS": '{"Stamp": {}}'}
SOMEBODY = PersonConsent("a person", ConsentMethod.TERMINAL, 1)
FREE = {"FILEMAKER_APPROVAL": "client"}
"""An owner who leaves agreeing to the client's own prompt."""


def workshop() -> Emulator:
    return host_of(FOLDER)


def in_workshop(
    emulator: Emulator | None = None, environment: Mapping[str, str] | None = None, **more: Any
) -> AbstractAsyncContextManager[Assistant]:
    """An assistant in the workshop; everything is allowed and nobody is asked unless the environment says otherwise."""
    return assisted(PLACE | FREE | dict(environment or {}), emulator=emulator or workshop(), **more)


def changes_of(assistant: Assistant) -> Changes:
    (name,) = assistant.application.workspaces
    return assistant.application.workspaces[name].changes


def own_seal() -> Seal:
    """Of the user who runs the tests, as the servers that they start have it."""
    return Seal.of_file(key_file())


async def command(*words: str) -> int:
    """A command as in a terminal beside the server; its exit status."""
    return await anyio.to_thread.run_sync(main, words)


async def planned(assistant: Assistant, tool: str, **arguments: object) -> dict[str, Any]:
    plan = await ended(assistant, await assistant.ask(tool, **arguments))
    assert plan["state"] == "planned", plan
    return plan


async def applied(assistant: Assistant, plan: dict[str, Any], **arguments: object) -> dict[str, Any]:
    """Carried out to its end."""
    return await assistant.carried_out(plan["change_id"], **arguments)


async def ended(assistant: Assistant, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer at last, where work outlasted its call."""
    while answer["state"] == "running":
        answer = await assistant.ask("check_job", job=answer["job"], wait=50)
    return answer


async def made(assistant: Assistant, tool: str, **arguments: object) -> dict[str, Any]:
    """Planned and carried out."""
    return await applied(assistant, await planned(assistant, tool, **arguments))


async def somebody(
    emulator: Emulator, method: str, path: str, body: dict[str, Any], *, file: str = "Workshop"
) -> dict[str, Any]:
    """What somebody else does meanwhile; `path` follows `.../layouts/`."""
    base = f"http://127.0.0.1/fmi/data/vLatest/databases/{file}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=emulator.app)) as client:
        login = await client.post(f"{base}/sessions", json={}, auth=("assistant", "demo"))
        headers = {"Authorization": f"Bearer {login.json()['response']['token']}"}
        answer = await client.request(method, f"{base}/layouts/{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["response"]


async def job(assistant: Assistant, record_id: str, layout: str = "Jobs") -> dict[str, Any]:
    """A record's fields, as get_record shows them."""
    return (await assistant.ask("get_record", layout=layout, id=record_id))["fields"]


async def titles(assistant: Assistant) -> list[str]:
    """The titles of every job, in the order of the table."""
    found = await assistant.ask("find_records", layout="Jobs", fields=["Title"], limit=1000)
    return [row[1] for row in found.get("rows", [])]
