"""A stored job that is not the one that was kept: another program wrote into its row, or a disk spoilt it."""

from __future__ import annotations

from ..errors import FilemakerMcpError
from ..local.keys.sealed_box import BrokenBox
from ..local.state.state import Row

LATEST = 200_000_000_000.0
"""A moment that no clock tells: the year 8307."""
UNREADABLE = (BrokenBox, TypeError, ValueError, KeyError, ArithmeticError, RecursionError)
"""What comes of contents that nobody of ours wrote."""


class AlteredJob(BrokenBox):
    def __init__(self, job: object) -> None:
        FilemakerMcpError.__init__(
            self,
            f"The stored job {job!r} is not the one that was kept",
            advice="Nothing more comes of it. 'filemaker-mcp journal verify' tells what else was altered.",
        )


def check_job(row: Row) -> None:
    """Raises AlteredJob for columns that hold what nobody wrote there. What is sealed shows by itself."""
    boxes = isinstance(row["box"], bytes) and isinstance(row["facts_box"], bytes | None)
    texts = all(isinstance(row[name], str) for name in ("subject", "plan", "message", "runner"))
    if not (boxes and texts and isinstance(row["asked"], int | float) and abs(row["asked"]) < LATEST):
        raise AlteredJob(row["id"])
