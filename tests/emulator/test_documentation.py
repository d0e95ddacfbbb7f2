"""`docs/emulator.md` says of the switches what the host says."""

import ast
import re
from dataclasses import fields
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ShiftedClock
from filemaker_mcp.server.emulator.host_actions import actions
from filemaker_mcp.server.emulator.switches import Switches

from .emulated_host import SOLUTION

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "emulator.md").read_text("utf-8")


def test_every_switch_is_documented_with_its_default() -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", PAGE.partition("## Switches")[2], re.MULTILINE))
    words = {True: "on", False: "off"}
    defaults = {each.name: getattr(Switches(), each.name) for each in fields(Switches)}
    assert shown == {
        name: str(words[each] if isinstance(each, bool) else each) for name, each in defaults.items()
    }


def test_every_row_has_a_state() -> None:
    rows = re.findall(
        r"^\| (.+) \| (.+) \| (.+) \|$",
        PAGE.partition("## What is covered")[2].partition("## Switches")[0],
        re.MULTILINE,
    )
    states = {state for _, state, _ in rows if state not in {"state", "---"}}
    assert len(rows) > 60
    assert all(state.startswith(("done", "partly", "not")) for state in states)


def test_every_action_of_the_control_endpoint_is_documented() -> None:
    known = actions(Emulator([SOLUTION]), ShiftedClock())
    listed = PAGE.partition("Actions are")[2].partition("In Python")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(known)


def test_the_table_of_what_it_was_held_against_adds_up() -> None:
    found = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    *parts, (last, *total) = [(name, *map(int, numbers)) for name, *numbers in found]
    assert last == "sum"
    assert [sum(column) for column in zip(*(numbers for _, *numbers in parts), strict=True)] == total
    assert all(cases == right + unsettled for _, cases, right, unsettled in parts)
    counted = [
        (cases_in(path), cases) for name, cases, *_ in parts for path in re.findall(r"`(tests/[^`]+)`", name)
    ]
    assert counted == [(cases, cases) for _, cases in counted]


def cases_in(path: str) -> int:
    """How many cases a file, or the contract, tries."""
    if path == "tests/contract/":
        return len(set(re.findall(r"def test_(\d+)_", (ROOT / path / "test_cases.py").read_text("utf-8"))))
    text = (ROOT / path).read_text("utf-8")
    if path.endswith(".mjs"):
        return text.count("await step(")
    listed = next(
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CRITERIA"
    )
    criteria = eval(compile(ast.Expression(listed), path, "eval"), {"TAG": ""})
    return text.count("@step(") - 1 + len(criteria)
