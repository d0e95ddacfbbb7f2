"""What a plan is made of, frozen. `codec` turns it into JSON and `plan_store` keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from ...caller import Caller
from .step import Step


@dataclass(frozen=True, slots=True)
class Who:
    caller: Caller
    client: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    database: str
    who: Who
    made: float
    expires: float
    steps: tuple[Step, ...]
    heading: str
    """The plan in one sentence."""
    digest: str
    """Over everything that it would do: what was agreed to is what is applied."""
    fingerprint: str
    """Over what was asked for: the same request has the same fingerprint."""
    undoes: str = ""
    """The id of the change that this plan takes back."""

    @property
    def stage(self) -> str:
        return self.steps[0].stage if self.steps else ""

    @property
    def four_eyes(self) -> bool:
        return any(step.four_eyes for step in self.steps)

    @property
    def place(self) -> str:
        """Where it is about, for a person: the database, and its stage where the owner names one."""
        return f"{self.database} ({self.stage})" if self.stage else self.database

    @property
    def records(self) -> int:
        return sum(len(step.items) for step in self.steps)

    @property
    def writes(self) -> int:
        """As `Item.writes`: what the owner's limits count."""
        return sum(step.writes for step in self.steps)
