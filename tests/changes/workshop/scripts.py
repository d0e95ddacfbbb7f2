"""The scripts of the workshop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def stamp(script: ScriptContext) -> str:
    """Adds one job, so that a run leaves a trace."""
    script.go_to_layout("Jobs")
    script.new_record()
    script.set("Title", f"Stamped {script.parameter}")
    return "ok"


def save(script: ScriptContext) -> str:
    """Writes one job in the assistant's stead."""
    asked = json.loads(script.parameter)
    if asked["action"] == "create":
        script.new_record()
    for name, value in asked["fields"].items():
        script.set(name, value)
    is_saved = script.commit()
    return json.dumps({"ok": is_saved, "id": str(script.record_id)})


def count(script: ScriptContext) -> str:
    """How many jobs there are; it leaves no trace."""
    script.go_to_layout("Jobs")
    script.show_all()
    return str(script.found_count)
