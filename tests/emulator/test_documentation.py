"""`docs/emulator.md` says of the switches what the host says."""

import re
from dataclasses import fields
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ShiftedClock
from filemaker_mcp.server.emulator.host_actions import actions
from filemaker_mcp.server.emulator.switches import Switches

from .emulated_host import SOLUTION

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")


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
