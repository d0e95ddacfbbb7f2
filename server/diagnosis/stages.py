"""What a stage of connecting is, and what can be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..local.own_command import as_typed


class StageResult(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


EXIT_STATUS = {
    "name": 10,
    "TCP": 11,
    "TLS": 12,
    "web server": 13,
    "Data API": 14,
    "database": 15,
    "sign-in": 16,
    "privilege": 17,
    "layouts": 18,
    "data source": 19,
    "this machine": 20,
}
"""What `filemaker-mcp doctor` exits with when that stage fails."""


@dataclass(frozen=True, slots=True)
class StageFinding:
    """What a check found. `unchecked` is what it leaves open, `remedy` what to do, in one or two sentences."""

    state: StageResult
    found: str
    unchecked: str = ""
    remedy: str = ""
    step: str = ""
    """Which part of the sign-in, or which data source."""
    stage: str = ""
    """Another stage than the one under way, where the fault belongs there."""


@dataclass(frozen=True, slots=True)
class ConnectionStage:
    """One line of a diagnosis."""

    name: str
    finding: StageFinding
    seconds: float

    @property
    def failed(self) -> bool:
        return self.finding.state is StageResult.FAILED

    @property
    def exit_status(self) -> int:
        return EXIT_STATUS[self.name] if self.failed else 0

    def facts(self) -> dict[str, object]:
        """For JSON and for the assistant. What is empty is left out."""
        finding = self.finding
        facts: dict[str, object] = {
            "stage": self.name,
            "step": finding.step,
            "result": finding.state.value,
            "found": finding.found,
            "not_checked": finding.unchecked,
            "remedy": as_typed(finding.remedy),
        }
        return {k: v for k, v in facts.items() if v} | {"seconds": round(self.seconds, 3)}


def ok(found: str, *, unchecked: str = "", step: str = "") -> StageFinding:
    return StageFinding(StageResult.OK, found, unchecked=unchecked, step=step)


def warning(found: str, remedy: str, *, unchecked: str = "", step: str = "") -> StageFinding:
    return StageFinding(StageResult.WARNING, found, unchecked=unchecked, remedy=remedy, step=step)


def failed(found: str, remedy: str, *, step: str = "", stage: str = "") -> StageFinding:
    return StageFinding(StageResult.FAILED, found, remedy=remedy, step=step, stage=stage)


def not_checked(why: str) -> StageFinding:
    return StageFinding(StageResult.NOT_CHECKED, why)
