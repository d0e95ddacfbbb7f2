"""A console of `rich` that colours where there is a terminal, and leaves to the command what becomes of it when nobody reads on."""

from __future__ import annotations

from rich.console import Console


class PlainConsole(Console):
    def on_broken_pipe(self) -> None:
        """Raises what `print` raises. `rich` would end the program here, within a task group by a traceback."""
        raise BrokenPipeError
