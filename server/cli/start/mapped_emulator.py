"""`filemaker-mcp emulator --from`: an export or a map of one's own solution as a solution folder of invented data.

The client's reader makes the map, and the emulator reads the map's file: neither shares a line with the other.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ..terminal_text import wrapped

MOST_SAID = 25


@contextmanager
def mapped_solutions(arguments: argparse.Namespace) -> Generator[None]:
    """While it lasts, what `--from` names is among the solutions, in a folder that is gone afterwards."""
    if not arguments.maps:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="filemaker-mcp-mapped-") as folder:
        write_solutions(arguments.maps, Path(folder))
        arguments.solution = [*(arguments.solution or []), Path(folder)]
        yield


def write_solutions(places: Sequence[Path], folder: Path) -> None:
    """Says who can sign in and what cannot be played. Raises SolutionError, InputError and FolderInUse."""
    from ...emulator.solutions.mapped.mapped_solution import PASSWORD, write_mapped
    from ...emulator.starter import FolderInUse

    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty; name a new folder for the solution.")
    with tempfile.TemporaryDirectory() as work:
        maps = [each for each in places if each.suffix == ".json"]
        exports = [each for each in places if each.suffix != ".json"]
        if exports:
            maps.append(_learned(exports, Path(work) / "learned.map.json"))
        written = [each for file in maps for each in write_mapped(file, folder)]
    for each in written:
        people = ", ".join(f"{name!r}" for name in each.accounts)
        sys.stderr.write(
            f"{each.name}: the records are invented. Sign in as {people} with the password {PASSWORD!r}.\n"
        )
        for line in each.left_out[:MOST_SAID]:
            sys.stderr.write(f"{wrapped(f'not played: {line}', '  - ')}\n")
        if len(each.left_out) > MOST_SAID:
            sys.stderr.write(f"  - and {len(each.left_out) - MOST_SAID:,} more\n")


def _learned(exports: Sequence[Path], to: Path) -> Path:
    from ...solution_map.exports.export_reader import learned
    from ...solution_map.map_file import map_text

    day = datetime.now(UTC).astimezone().date().isoformat()
    to.write_text(map_text(learned(exports, day=day).solution), encoding="utf-8")
    return to
