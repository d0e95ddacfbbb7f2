"""The scripts of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def remind(script: ScriptContext) -> str:
    """Would send mail; that it ran is in the host's own list."""
    return f"reminded {script.parameter}"


def quarter(script: ScriptContext) -> str:
    """What the session holds in its global field."""
    return str(script.value("Prefs::gQuarter"))
