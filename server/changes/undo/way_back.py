"""The way back from a change, as it is being planned."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...dataapi.contents import Value
from ..files.uploads import Uploads
from ..plans.step import Step


@dataclass
class WayBack:
    uploads: Uploads
    steps: list[Step] = field(default_factory=list[Step])
    left: list[str] = field(default_factory=list[str])
    """What the undo leaves as it is, and why."""
    records: int = 0
    """How many records of the change there are to take back."""
    restored: dict[tuple[str, str], dict[str, Value]] = field(
        default_factory=dict[tuple[str, str], dict[str, Value]]
    )
    """(layout, record id) -> what later steps, taken back first, will have given it again."""

    @property
    def told_steps(self) -> list[Step]:
        """The steps. The first one warns of what stays as it is, so that whoever agrees sees it."""
        first, *rest = self.steps
        return [replace(first, warnings=tuple(dict.fromkeys((*first.warnings, *self.left)))), *rest]
