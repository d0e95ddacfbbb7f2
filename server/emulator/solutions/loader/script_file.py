"""The Python file that plays a solution's scripts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from .definition_draft import Sheet
from .mistakes import Mistake, nearest

ScriptFunction: TypeAlias = Callable[..., object]
"""Takes the script's context. Returns its result, or a coroutine of it."""


def load_scripts(sheet: Sheet, folder: Path) -> Mapping[str, ScriptFunction]:
    """The function of each script that the definition names."""
    if not sheet.shape.scripts:
        return {}
    path = folder / sheet.shape.scripts_file
    module = _module(sheet, path)
    if module is None:
        return {}
    functions = {name: each for name, each in vars(module).items() if inspect.isfunction(each)}
    scripts: dict[str, ScriptFunction] = {}
    for name, function in sheet.shape.scripts.items():
        found = functions.get(function)
        if found is None:
            hint = nearest(function, functions)
            sheet.findings.add(("scripts", name), f"{path.name} has no function {function!r}. {hint}")
        elif len(inspect.signature(found).parameters) != 1:
            sheet.findings.add(("scripts", name), f"{function} must take one argument, the script's context.")
        else:
            scripts[name] = found
    return scripts


def _module(sheet: Sheet, path: Path) -> ModuleType | None:
    if not path.is_file():
        sheet.findings.add(
            ("scripts",), f"There is no file {path.name} that plays the scripts; write it or take them out."
        )
        return None
    module = ModuleType(f"solution_{path.parent.name}_{path.stem}")
    module.__file__ = str(path)
    try:
        # A solution's scripts are its owner's own program. Running them is what they are there for.
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))  # noqa: S102 - see above
    except SyntaxError as problem:
        message = f"This is not Python: {problem.msg}; correct the line."
        sheet.findings.mistakes.append(Mistake(path.name, problem.lineno or 1, "", message))
        return None
    except Exception as problem:  # noqa: BLE001 - whatever the owner's file raises is a mistake to name
        line = _line(problem, path)
        message = f"The file cannot be loaded: {type(problem).__name__}: {problem}."
        sheet.findings.mistakes.append(Mistake(path.name, line, "", message))
        return None
    return module


def _line(problem: BaseException, path: Path) -> int:
    line, trace = 1, problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
