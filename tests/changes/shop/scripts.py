"""The scripts of the shop."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext

STARTS: list[str] = []
"""Sessions that were started, each by the test that it is of: hosts of one process share this module."""


def api_start(script: ScriptContext) -> str:
    """Tells the session who it is. It fails for a parameter that says so, and from the n-th session on."""
    wish = json.loads(script.parameter or "{}")
    if wish.get("fails"):
        return json.dumps({"ok": False, "message": "nobody of that name"})
    test = str(wish.get("test", ""))
    if STARTS.count(test) >= wish.get("most", 1000):
        script.set_error(5)
        return ""
    STARTS.append(test)
    script.set("Invoices::gUser", f"{wish.get('user', '?')} in {script.get('Invoices::gRegion') or 'all'}")
    return json.dumps({"ok": True})


def save_invoice(script: ScriptContext) -> str:
    """Writes one invoice as the shop wants it: a new one gets its number, and each leaves a line in the history. What it does
    wrong is asked for by the remark that it is to save."""
    asked = json.loads(script.parameter)
    wish = str(asked["fields"].get("Remark", ""))
    if wish == "error":
        return json.dumps({"ok": False, "message": "the period is closed"})
    if wish == "nothing":
        return json.dumps({"ok": True, "id": asked.get("id", "")})
    if asked["action"] == "delete":
        script.delete_record()
        return json.dumps({"ok": True, "id": asked["id"]})
    if asked["action"] == "create":
        script.show_all()
        script.new_record_with({"Number": f"2026-{script.found_count + 1:03}"})
    if wish == "another":
        script.find({"ID": "==I-2"})
    for name, value in asked["fields"].items():
        if name == "Date":
            script.set(name, date.fromisoformat(value))
        else:
            script.set(name, value.upper() if wish == "otherwise" and name == "Customer" else value)
    script.commit()
    error, saved = script.last_error, str(script.record_id)
    script.go_to_layout("History")
    script.new_record_with({"Text": f"{asked['action']} {asked['item']}", "By": asked["person"]})
    script.commit()
    if error:
        return json.dumps({"ok": False, "message": f"error {error}"})
    if wish == "half":
        return json.dumps({"ok": False, "message": "the ledger is full"})
    if wish == "nonsense":
        return "<<saved>>"
    if wish == "no id":
        return json.dumps({"ok": True})
    return json.dumps({"ok": True, "id": "2" if wish == "wrong id" else saved})


def on_commit(script: ScriptContext) -> None:
    """The trigger of the layout."""
    script.set("Trigger", "ran")


def show_records(script: ScriptContext) -> str:
    """Shows the records that the parameter names, as docs/opening.md has it; tells their keys."""
    asked = json.loads(script.parameter)
    script.go_to_layout(asked["layout"])
    if "key" in asked:
        script.find(*({asked["key"]: f"=={value}"} for value in asked["values"]))
        return json.dumps([script.get(asked["key"]) for _ in script.each_record()])
    shown = [script.record_id for _ in script.each_record() if str(script.record_id) in asked["ids"]]
    return json.dumps(shown)
