"""The steps of a script in a Database Design Report: numbers as in the other XML, parameters as elements of their own (section 14)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ..script_facts import Deed, ScriptFacts
from .step_meaning import CALLS, COMMENT, EXIT_SCRIPT, GO_TO_LAYOUT, SECRETIVE, effects_of
from .xml_values import text_of, whole_number


def steps_in(script: Element) -> ScriptFacts:
    calls: dict[str, None] = {}
    goes: dict[str, None] = {}
    deeds: list[Deed] = []
    steps: list[str] = []
    parameter = result = is_unknown = False
    for number, step in enumerate(script.iterfind("StepList/Step"), 1):
        what, name = whole_number(step.get("id")), " ".join(step.get("name", "").split())
        if step.get("enable") == "False":
            steps.append(f"// {name}")
            continue
        words = " ".join(text_of(step, "StepText").split())
        parameter = parameter or "ScriptParameter" in words
        result = result or (what == EXIT_SCRIPT and step.find("Calculation") is not None)
        target = _target(step)
        if what in CALLS:
            called = step.find("Script")
            if called is None or step.find("FileReference") is not None:
                is_unknown = True
            else:
                calls[called.get("name", "")] = None
        elif what == GO_TO_LAYOUT and (layout := step.find("Layout")) is not None:
            goes[layout.get("name", "")] = None
        into_variable = target.startswith("$")
        told = f"{name} {target}" if target and not into_variable else name
        deeds += [Deed(number, effect, told) for effect in effects_of(what, into_variable=into_variable)]
        hides = what in SECRETIVE and what != COMMENT
        steps.append(name if hides or not words else words)
    return ScriptFacts(
        script.get("name", ""),
        whole_number(script.get("id")),
        parameter=parameter,
        result=result,
        calls=tuple(calls),
        calls_unknown=is_unknown,
        goes=tuple(goes),
        deeds=tuple(deeds),
        steps=tuple(steps),
    )


def _target(step: Element) -> str:
    field = step.find("Field")
    if field is None:
        return ""
    table, name = field.get("table", ""), field.get("name", "") or text_of(field)
    return f"{table}::{name}" if table else name
