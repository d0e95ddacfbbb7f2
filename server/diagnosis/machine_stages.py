"""Whether this machine can keep what the product keeps: looked at before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..local.paths import files_problem
from ..local.state.state import State
from .stages import StageFinding, ok, warning


@dataclass(frozen=True)
class Machine:
    state: State
    files: Path
    files_named: bool
    """Whether the owner named that folder."""

    is_state_needed: bool
    """Whether more than reading is configured, or the owner named the state file."""

    async def places(self) -> StageFinding:
        """Raises ConfigurationError for a state file that cannot be opened and is needed, StateAway for one that cannot be written
        just now. The open connection is asked: whoever opened the file beside it would lose its locks."""
        try:
            async with self.state.writing():
                pass
        except ConfigurationError as error:
            if self.is_state_needed:
                raise
            return warning(
                f"{error.what}. Reading works; journal, exports and long jobs do not", error.advice
            )
        name = self.state.name
        kept = f"{name} can be written" if name else "Plans and journal are in memory"
        if problem := files_problem(self.files, is_named=self.files_named):
            return warning(
                f"{kept}; the files folder {self.files} cannot be used: {problem}",
                "Exports, uploads and saved files fail until it can: make it, or name another with `files_folder`.",
            )
        return ok(f"{kept}; files go to {self.files}")
