"""The product itself on the scratch layout: a plan made, applied, read back and taken back, by a real MCP client."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...certification.behaviour import Behaviour, NotSeen

if TYPE_CHECKING:
    import httpx
    from mcp import Client

    from ...certification.scratch import Scratch
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings

ISO = {"01/02/2024": "2024-01-02", "01/02/2024 10:00:00": "2024-01-02T10:00:00"}
"""What fills other fields, as the tools take it."""


def product_walk(
    settings: Settings, name: str, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Behaviour, ...]:
    """Under a policy of its own, which opens the scratch layout alone. Plans and journal are in a folder that goes with it."""

    async def look(scratch: Scratch) -> str:
        from mcp import Client

        from ...app.app import build
        from ...config.state_settings import StateSettings
        from ...local.work_folder import work_folder

        with work_folder(Path(tempfile.gettempdir()), "filemaker-mcp-certify-") as folder:
            own = settings.model_copy(
                update={
                    "database": {name: _opened(settings.database[name], scratch.layout)},
                    "runbooks": None,
                    "state": StateSettings(file=folder / "state.sqlite"),
                    "files_folder": folder,
                }
            )
            application = build(own, emulated=None if transport is None else {name: transport})
            try:
                async with Client(application.server) as client:
                    told = await _walk(client, scratch)
            finally:
                await application.close()
        if told is None:
            raise NotSeen("a tool was refused; the same may be tried with an assistant, which is told why")
        return told

    words = "A record made, edited and put back by the tools, each with a plan, and read back"
    return (Behaviour("product", "15", words, look, "done, done, done, as before"),)


def _opened(database: DatabaseSettings, layout: str) -> DatabaseSettings:
    """Signing in stays as it is; of the rest only what the layout needs."""
    from ...config.database_settings import DatabaseSettings
    from ...config.sign_in_settings import SignInSettings

    kept = {
        *SignInSettings.model_fields,
        "ca_file",
        "sessions",
        "timeout",
        "answer_timeout",
        "least_rate",
        "api",
    }
    fields = {
        field: info.get_default(call_default_factory=True)
        for field, info in DatabaseSettings.model_fields.items()
        if field not in kept
    }
    return database.model_copy(update=fields | {"access": "edit", "layouts": (layout,), "approval": "client"})


async def _walk(client: Client, scratch: Scratch) -> str | None:
    """None where a tool refuses: its words may hold contents."""
    text = scratch.needed("text")
    record = {name: ISO.get(value, value) for name, value in scratch.marked({text: "before"}).items()}
    layout = {"layout": scratch.layout}
    if (made := await _applied(client, "create_records", {**layout, "records": [record]})) is None:
        return None
    number = str((made.get("created") or [""])[0])
    values = {**layout, "ids": [number], "values": {text: "after"}}
    if (edited := await _applied(client, "edit_records", values)) is None:
        return None
    if (undone := await _applied(client, "undo_change", {"change_id": edited.get("change_id", "")})) is None:
        return None
    states = [str(each.get("state")) for each in (made, edited, undone)]
    states.append("as before" if await scratch.value(number, text) == "before" else "otherwise")
    return ", ".join(states)


async def _applied(client: Client, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """What became of the plan; None where it was refused."""
    plan = await client.call_tool(tool, dict(arguments))
    if plan.is_error:
        return None
    planned = cast("dict[str, Any]", plan.structured_content)
    done = await client.call_tool("apply_change", {"change_id": planned.get("change_id", "")})
    return None if done.is_error else cast("dict[str, Any]", done.structured_content)
