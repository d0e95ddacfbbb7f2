"""Whether this machine can keep what the product keeps: looked at before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..local.paths import files_problem
from ..local.state.state import State
from .stages import StageFinding, ok, warning


@dataclass(frozen=True)
class Machine:
    state: State
    files: Path
    files_named: bool
    """Whether the owner named that folder."""

    async def places(self) -> StageFinding:
        """Raises ConfigurationError for a state file that cannot be opened, StateAway for one that cannot be written just now:
        nothing works without it. The open connection is asked: whoever opened the file beside it would lose its locks."""
        async with self.state.writing():
            pass
        file = self.state.path
        kept = "Plans and journal are in memory" if file is None else f"{file} can be written"
        if problem := files_problem(self.files, is_named=self.files_named):
            return warning(
                f"{kept}; the files folder {self.files} cannot be used: {problem}",
                "Exports, uploads and saved files fail until it can: make it, or name another with `files_folder`.",
            )
        return ok(f"{kept}; files go to {self.files}")
