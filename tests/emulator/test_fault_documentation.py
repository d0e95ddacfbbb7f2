"""What the documentation says of effects and actions is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ShiftedClock
from filemaker_mcp.server.emulator.faults.words import EFFECTS
from filemaker_mcp.server.emulator.host_actions import actions

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "emulator-faults.md").read_text(encoding="utf-8")


def first_column(heading: str) -> set[str]:
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_effect_is_described() -> None:
    assert first_column("effect") == {*EFFECTS, "act"}


def test_every_action_is_described() -> None:
    clock = ShiftedClock()
    emulator = Emulator([HERE / "ways_in"], clock=clock)
    assert first_column("action") == set(actions(emulator, clock))
    for file in emulator.host.files:
        file.close()
