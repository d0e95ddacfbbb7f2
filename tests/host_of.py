"""An emulated host of a solution that does not change: read and loaded once, then copied for each test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from filemaker_mcp.server.app.sample_server import sample_folder
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.solutions.hosted_file import loaded
from filemaker_mcp.server.emulator.solutions.solution import SolutionFile


def host_of(*folders: Path, **settings: Any) -> Emulator:
    """A host of its own, of the sample unless folders are named; `settings` as Emulator takes them."""
    return Emulator(_loaded(folders or (sample_folder(),)), **settings)


@cache
def _loaded(folders: tuple[Path, ...]) -> tuple[SolutionFile, ...]:
    return loaded(folders)
