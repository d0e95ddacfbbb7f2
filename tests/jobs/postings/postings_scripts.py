"""The script of the postings: it counts how often it was carried out for a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


async def post(script: ScriptContext) -> str:
    wanted = json.loads(script.parameter)
    script.go_to_layout("Postings")
    if not script.find({"ID": f"=={wanted['id']}"}):
        return json.dumps({"ok": False, "error": "no such posting"})
    kind = script.get("Kind")
    if kind == "closed":
        return json.dumps({"ok": False, "message": "The period is closed."})
    if kind == "broken":
        script.set_error(5)
        return "half done"
    if not script.set("Count", script.number("Count") + 1):
        return json.dumps({"ok": False, "message": "The record is in use."})
    script.set("Status", "posted")
    script.commit()
    await script.sleep(0.002)
    return json.dumps({"ok": True})


def post_this(script: ScriptContext) -> str:
    """Posts the record that it stands on, as a script behind a button does."""
    script.set("Status", "posted")
    script.set("Count", script.number("Count") + 1)
    return script.get("ID")
