"""A script of Save a Copy as XML: what it does, step by step (section 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..script_facts import Deed, ScriptFacts
from .step_meaning import (
    CALLS,
    COMMENT,
    CONDITIONS,
    EXIT_SCRIPT,
    GO_TO_LAYOUT,
    SECRETIVE,
    SET_FIELD,
    SET_VARIABLE,
    effects_of,
)
from .xml_values import UNKNOWN, formula_of, name_at, qualified, whole_number

MOST_FORMULA = 200
_PARAMETER = re.compile(r"Get\s*\(\s*ScriptParameter\s*\)", re.IGNORECASE)
_PLUG_IN = re.compile(r"\bMBS\s*\(", re.IGNORECASE)


@dataclass
class _Script:
    calls: dict[str, None] = field(default_factory=dict[str, None])
    calls_unknown: bool = False
    goes: dict[str, None] = field(default_factory=dict[str, None])
    deeds: list[Deed] = field(default_factory=list[Deed])
    steps: list[str] = field(default_factory=list[str])
    parameter: bool = False
    result: bool = False


def script_of(element: Element, folder: tuple[str, ...]) -> ScriptFacts:
    """An entry of the list of scripts, without its steps."""
    options = element.find("Options")
    return ScriptFacts(
        element.get("name", ""),
        whole_number(element.get("id")),
        folder,
        full_access=options is not None and options.get("runwithfullaccess") == "True",
    )


def steps_of(element: Element) -> ScriptFacts:
    """The steps of one script, whose id is that of its reference."""
    script = _Script()
    for number, step in enumerate(element.iterfind("ObjectList/Step"), 1):
        _step(script, number, step)
    return ScriptFacts(
        name_at(element, "ScriptReference"),
        _reference_id(element),
        parameter=script.parameter,
        result=script.result,
        calls=tuple(script.calls),
        calls_unknown=script.calls_unknown,
        goes=tuple(script.goes),
        deeds=tuple(script.deeds),
        steps=tuple(script.steps),
    )


def _reference_id(element: Element) -> int:
    reference = element.find("ScriptReference")
    return 0 if reference is None else whole_number(reference.get("id"))


def _step(script: _Script, number: int, step: Element) -> None:
    what = whole_number(step.get("id"))
    name = " ".join(step.get("name", "").split())
    if step.get("enable") == "False":
        script.steps.append(f"// {name}")
        return
    formulas = [f for each in step.iterfind(".//Parameter//Calculation") if (f := _own_formula(each))]
    if any(map(_PARAMETER.search, formulas)):
        script.parameter = True
    target = _target(step)
    detail = "" if what in SECRETIVE else _detail(step, what, target, formulas)
    if what in CALLS:
        _call(script, step)
    elif what == GO_TO_LAYOUT and (layout := _first_name(step, "LayoutReference")):
        script.goes[layout] = None
    elif what == EXIT_SCRIPT and formulas:
        script.result = True
    into_variable = target.startswith("$")
    effects = list(effects_of(what, into_variable=into_variable))
    if "reaches" not in effects and any(map(_PLUG_IN.search, formulas)):
        effects.append("reaches")
    if "asks" not in effects and _has_dialog(step):
        effects.append("asks")
    words = f"{name} {target}" if target and not into_variable else name
    script.deeds += [Deed(number, effect, words) for effect in effects]
    script.steps.append(f"{name} [{detail}]" if detail else name)


def _own_formula(calculation: Element) -> str:
    """Of the innermost of two that are wrapped into each other."""
    return "" if calculation.find("Calculation") is not None else formula_of(calculation)


def _first_name(step: Element, tag: str) -> str:
    found = next(step.iter(tag), None)
    name = "" if found is None else found.get("name", "")
    return "" if name == UNKNOWN else name


def _target(step: Element) -> str:
    """`Occurrence::Field` that a step writes into, or the variable: named by `Name` in Set Variable and by `Variable` elsewhere."""
    for parameter in step.iterfind("ParameterValues/Parameter"):
        if parameter.get("type") in ("Target", "FieldReference", "Variable"):
            tag = "Name" if parameter.get("type") == "Variable" else "Variable"
            variable = next(parameter.iter(tag), None)
            if variable is not None:
                return variable.get("value", "")
            return qualified(next(parameter.iter("FieldReference"), None))
    return ""


def _call(script: _Script, step: Element) -> None:
    """A script of this file by its name. Anything else may be any script."""
    other_file = next(step.iter("DataSourceReference"), None)
    name = _first_name(step, "ScriptReference")
    if name and (other_file is None or other_file.get("id") == "0"):
        script.calls[name] = None
    else:
        script.calls_unknown = True


def _has_dialog(step: Element) -> bool:
    return any(each.get("id") == "128" and each.get("value") == "True" for each in step.iter("Boolean"))


def _detail(step: Element, what: int, target: str, formulas: list[str]) -> str:
    if what == COMMENT:
        comment = next(step.iter("Comment"), None)
        return " ".join((comment.get("value") or comment.text or "").split()) if comment is not None else ""
    if what in CALLS:
        return _first_name(step, "ScriptReference") or "by name"
    if what == GO_TO_LAYOUT:
        return _first_name(step, "LayoutReference")
    shown = _shortened(formulas[0]) if formulas else ""
    if what in (SET_FIELD, SET_VARIABLE):
        return f"{target}; {shown}" if shown else target
    if what in CONDITIONS or what == EXIT_SCRIPT:
        return shown
    return target


def _shortened(formula: str) -> str:
    line = " ".join(formula.split())
    return line if len(line) <= MOST_FORMULA else f"{line[:MOST_FORMULA]}…"
