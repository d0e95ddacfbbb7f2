"""A stored plan that is not the one that was made: a row was altered or moved, or has what no row of ours has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...errors import FilemakerMcpError
from ...local.keys.sealed_box import BrokenBox
from ...local.state.state import Row
from ..plans.outcome import ItemState
from ..plans.step import StepKind

LATEST = 200_000_000_000.0
"""A moment that no clock tells: the year 8307."""
MOMENTS = ("made", "expires", "approved_at")
TEXTS = (
    "database",
    "caller",
    "account",
    "client",
    "digest",
    "fingerprint",
    "undoes",
    "state",
    "runner",
    "approved_by",
    "seal",
)
STEP_TEXTS = ("layout", "runbook")
KINDS, STATES = frozenset(map(str, StepKind)), frozenset(map(str, ItemState))


class AlteredPlan(BrokenBox):
    def __init__(self, plan: object) -> None:
        FilemakerMcpError.__init__(
            self,
            f"The stored plan {plan!r} is not the one that was made",
            advice="It is neither carried out nor taken back. What it did stands in the journal; 'filemaker-mcp journal verify' tells what else was altered.",
        )


def check_plan(row: Row, steps: Iterable[Row]) -> None:
    """Raises AlteredPlan for a row whose columns hold what nobody wrote there. What is sealed shows by itself."""
    moments = all(isinstance(row[name], int | float) and abs(row[name]) < LATEST for name in MOMENTS)
    if not (moments and _are_texts(row, TEXTS)):
        raise AlteredPlan(row["id"])
    for step in steps:
        if step["kind"] not in KINDS or not _are_texts(step, STEP_TEXTS):
            raise AlteredPlan(row["id"])


def check_item(row: Row) -> None:
    """As `check_plan`."""
    if row["state"] not in STATES or not isinstance(row["writes"], int):
        raise AlteredPlan(row["plan"])


def _are_texts(row: Row | Mapping[str, object], names: Iterable[str]) -> bool:
    return all(isinstance(row[name], str) for name in names)
