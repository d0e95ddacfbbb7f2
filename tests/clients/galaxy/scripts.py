"""What the live suite of fms-api-client has its scripts do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def as_json(context: ScriptContext) -> str:
    return json.dumps({"parameter": context.parameter})


def as_text(context: ScriptContext) -> str:
    del context
    return "no JSON"


def error(context: ScriptContext) -> str:
    context.set_error(5)
    return "failed"
