"""How this program is started and set up: by a client, by a person who types commands, by a form that a desktop shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

_VARIABLE = re.compile(r"\bFILEMAKER_[A-Z_]+\b")

SPOKEN = "'filemaker-mcp "
"""How a sentence begins a command that a person is to type."""


FORM = "FILEMAKER_FORM"
"""Set by a desktop bundle: JSON of its fields, variable -> title, since its user knows titles and no variables."""


def as_typed(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A sentence for a person, in words that work here: `'filemaker-mcp login'` may be `'uvx filemaker-mcp login'`, and
    FILEMAKER_HOST a field of a form."""
    if environment.get(FORM) and "FILEMAKER_" in text:
        text = _VARIABLE.sub(partial(_title, titles=json.loads(environment[FORM])), text)
    return text.replace(SPOKEN, f"'{typed_command()} ") if SPOKEN in text else text


def _title(variable: re.Match[str], titles: Mapping[str, str]) -> str:
    title = titles.get(variable.group())
    return f"{title!r} in the extension's settings" if title else variable.group()


def own_command(started: str | None = None, python: str | None = None) -> list[str]:
    """How a client starts this program: with a whole path, since clients start with a bare PATH. `started` and `python` are how
    it was started now, unless given."""
    program = Path(started or sys.argv[0])
    python = python or sys.executable
    uvx = shutil.which("uvx")
    if uvx and any(part.startswith(("archive-v", "environments-v")) for part in Path(python).parts):
        # This environment is uvx's cache, which it may clear.
        return [uvx, "--from", "filemaker-mcp[keyring]", "filemaker-mcp"]
    if program.stem == "filemaker-mcp" and program.is_file():
        return [str(program.absolute())]
    return [python, "-m", "filemaker_mcp.server"]


def typed_command(started: str | None = None, python: str | None = None) -> str:
    """How a person starts this program in a terminal, given how it was started: it need not be on their PATH."""
    command = own_command(started, python)
    if command[1:2] == ["--from"]:
        return "uvx filemaker-mcp"
    program = Path(started or sys.argv[0])
    is_module = program.name == "__main__.py" and program.parent.name == "server"
    # A bundle puts its own folder on the path of its server, which no terminal has.
    on_path = None if os.environ.get(FORM) else shutil.which("filemaker-mcp")
    if command[1:] and is_module:
        return f"{quoted(command[0])} {' '.join(command[1:])}"
    if command[1:] or (on_path and Path(on_path).samefile(command[0])):
        return "filemaker-mcp"
    return quoted(command[0])


def quoted(path: str) -> str:
    """A path as a shell takes it for one word."""
    return f'"{path}"' if " " in path else path
