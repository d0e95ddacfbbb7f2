"""An assistant in front of an emulated host of the shop, with the shop's map approved by its owner."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted
from .export_writer import Export
from .shop import shop

SCRIPTS = {
    "Close Month": {"effect": "changes", "show_steps": True},
    "Send Reminders": {"effect": "reaches_outside"},
    "Show Report": {"effect": "reads"},
}


@dataclass(frozen=True)
class MappedShop:
    """Made once for a module: nothing in it is changed."""

    map: Path
    solution: Path

    def emulator(self) -> Emulator:
        return Emulator([self.solution])

    def assistant(
        self, emulator: Emulator | None = None, **rules: Any
    ) -> AbstractAsyncContextManager[Assistant]:
        """Everything is allowed and formulas are shown, but for the rules; they are named as in a configuration file."""
        given = {
            "database": "Shop",
            "username": "Full Access",
            "password": "map",
            "approval": "client",
            "map": str(self.map),
            "map_shows": "formulas",
            "scripts": SCRIPTS,
        } | rules
        environment = {
            f"FILEMAKER_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in given.items()
            if value is not None
        }
        return assisted(environment, emulator=emulator or self.emulator())


def approved(path: Path) -> Path:
    """The map as its owner leaves it."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(tree | {"approved": "Marta, 2026-11-26"}), encoding="utf-8")
    return path


def mapped_shop(folder: Path, export_of: Export | None = None) -> MappedShop:
    export = folder / "Shop.xml"
    export.write_bytes((export_of or shop()).text().encode("utf-16"))
    made, solution = folder / "shop.map.json", folder / "solution"
    assert main(["learn", str(export), "--output", str(made)]) == 0
    assert main(["emulator", "--from", str(made), "--init", str(solution)]) == 0
    return MappedShop(approved(made), solution)
