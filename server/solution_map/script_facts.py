"""What a map tells of a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Effect = Literal["changes", "reaches", "accounts", "asks"]
"""What a script step does: changes records, leaves FileMaker, touches accounts, needs a person."""


@dataclass(frozen=True)
class Deed:
    """One step of a script that does more than look."""

    step: int
    """Counted from 1, as FileMaker numbers the lines."""
    effect: Effect
    what: str


@dataclass(frozen=True)
class ScriptFacts:
    name: str
    id: int = 0
    folder: tuple[str, ...] = ()
    full_access: bool = False
    parameter: bool = False
    result: bool = False
    calls: tuple[str, ...] = ()
    calls_unknown: bool = False
    """It calls a script by a name that is computed, or one of another file."""
    goes: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()
    steps: tuple[str, ...] = ()
