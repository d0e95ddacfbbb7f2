"""What commands show at a terminal: lines that fit it, whole words, colours that can be switched off."""

from __future__ import annotations

import ast
import os
import re
import sys
from pathlib import Path

import pytest

from filemaker_mcp import server

from ..started import forked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

REFUSING = {
    "FILEMAKER_HOST": "http://127.0.0.1:9",
    "FILEMAKER_DATABASE": "Sales",
    "FILEMAKER_USERNAME": "a",
    "FILEMAKER_PASSWORD": "b",
}
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
"""No colours: NO_COLOR leaves them."""
CTRL_D = "\x04"


def at_a_terminal(*words: str, columns: int, folder: Path, typed: str = "", **variables: str) -> str:
    """What a person sees of a command, at a terminal of that width. `typed` waits there for its first question."""
    ours, theirs = os.openpty()
    known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    given = {"COLUMNS": str(columns), "TERM": "xterm-256color", "HOME": str(folder), **variables}
    process = forked(words, known | given, (theirs, theirs, theirs), folder)
    os.write(ours, typed.encode())
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # Linux says so when nobody holds the other end any more
        pass
    process.join()
    os.close(ours)
    return seen.decode().replace("\r\n", "\n").replace(BOLD, "").replace(PLAIN, "")


def fits(line: str, columns: int) -> bool:
    """A path that is longer than the terminal stays whole, to be copied."""
    return len(line) <= columns or max(len(word) for word in line.split()) > columns // 2


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_lines_of_doctor_fit_the_terminal_and_no_word_is_broken(columns: int, tmp_path: Path) -> None:
    shown = at_a_terminal("doctor", columns=columns, folder=tmp_path, NO_COLOR="1", **REFUSING)
    assert "\x1b" not in shown
    assert all(fits(line, columns) for line in shown.splitlines()), shown
    assert "Nothing listens there: check the port in the settings" in " ".join(shown.split())
    assert "\n  failed       TCP" in shown


def test_what_failed_is_red_and_the_word_is_there_without_colour(tmp_path: Path) -> None:
    red = "\x1b[1;31mfailed"
    assert red in at_a_terminal("doctor", columns=80, folder=tmp_path, **REFUSING)
    for switched_off in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = at_a_terminal("doctor", columns=80, folder=tmp_path, **(REFUSING | switched_off))
        assert "\x1b[1;31m" not in plain
        assert "\n  failed       TCP" in plain


def test_the_demo_fits_a_narrow_terminal(tmp_path: Path) -> None:
    shown = at_a_terminal("demo", columns=50, folder=tmp_path, NO_COLOR="1")
    walk = shown.partition('{\n  "mcpServers"')[0]  # what is to be pasted stays as it is
    assert all(fits(line, 50) for line in walk.splitlines()), walk
    assert re.search(r"2025-\d\d-\d\d +\d+\.\d\d\n", shown), "numbers and dates stay whole"


def test_every_sentence_that_a_command_prints_is_broken_between_words() -> None:
    """`say` and `wrapped` fit a line to the terminal and name the command as this person types it."""
    raw: list[str] = []
    for module in sorted((Path(server.__file__).parent / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                text = _literal(node.args[0]) if node.args else ""
                if text.strip(" \n.") and text.rstrip().endswith("."):
                    raw.append(f"{module.name}:{node.lineno}: {text}")
    assert raw == []


def _literal(shown: ast.expr) -> str:
    parts = shown.values if isinstance(shown, ast.JoinedStr) else [shown]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_ctrl_d_at_a_question_ends_the_command_as_ctrl_c_does(tmp_path: Path) -> None:
    shown = at_a_terminal("setup", columns=80, folder=tmp_path, typed=CTRL_D)
    assert shown.endswith("Nothing more was written.\n"), shown
    assert "nobody to answer" not in shown
    assert list(tmp_path.iterdir()) == []
