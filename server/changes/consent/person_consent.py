"""How a person agreed to a plan, and how much of it was shown to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConsentMethod(StrEnum):
    PAGE = "page"
    TERMINAL = "terminal"
    CLIENT = "client"
    START = "start"
    """Whoever started a runbook has agreed to it thereby."""
    SCHEDULE = "schedule"
    """The owner wrote it into the settings."""


@dataclass(frozen=True, slots=True)
class PersonConsent:
    by: str
    """In words, for lists and the journal."""
    method: ConsentMethod
    shown: int
    """How many records were shown."""
    pages: int = 1
    """Of how many pages. `opened` are those that were opened, from 1."""
    opened: tuple[int, ...] = (1,)
    typed: str = ""
    """What had to be typed."""
    person: str = ""
    """Who it was, as plans name callers; empty where nobody but whoever asked is known to have been there."""
