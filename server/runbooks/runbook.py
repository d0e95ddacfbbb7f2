"""A workflow that the owner wrote: which records, what happens to each, at which pace, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..scripts.planned_runs import NO_RETRY, Retry


@dataclass(frozen=True, slots=True)
class Check:
    """What must be so for a record before anything is done for it."""

    field: str
    filled: bool = True
    one_of: tuple[str, ...] = ()
    """Unless empty, the only values it may have."""
    otherwise: str = "review"
    """`review`: a person looks at it; `skip`: it is left alone."""


@dataclass(frozen=True, slots=True)
class Pace:
    per_minute: int | None = None
    at_once: int = 1
    stop_after: int = 10
    """So many records in a row that are refused or unknown end the run: something is wrong with more than the records."""


@dataclass(frozen=True, slots=True)
class Runbook:
    name: str
    path: Path
    layout: str
    description: str = ""
    database: str | None = None
    where: Any = None
    omit: Any = None
    most: int = 1_000
    """A found set that is larger is not begun."""
    script: str | None = None
    parameter: Any = None
    edit: Mapping[str, Any] = field(default_factory=dict[str, Any])
    checks: tuple[Check, ...] = ()
    pace: Pace = field(default_factory=Pace)
    retry: Retry = NO_RETRY
