"""The scripts of the contract file. In FileMaker each is one or two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def echo(script: ScriptContext) -> str:
    """Exit Script [ Get ( ScriptParameter ) ]"""
    return script.parameter


def fail(script: ScriptContext) -> None:
    """Go to Layout [ a name that does not exist ]"""
    script.go_to_layout("There is no such layout")


def set_label(script: ScriptContext) -> None:
    """Loop over the found set: Set Field [ Items::Label ; Get ( ScriptParameter ) ]"""
    for _ in script.each_record():
        script.set("Label", script.parameter)
