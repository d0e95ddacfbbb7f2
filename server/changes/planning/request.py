"""What a planning tool was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from ..plans.plan import Who
from .records_by_id import Progress as Report
from .records_by_id import unheard


@dataclass(frozen=True)
class PlanRequest:
    """What a planning tool was asked for, beside the records themselves."""

    who: Who
    change_id: str | None = None
    """An open plan to which this is added as a step."""
    repeat: bool = False
    began: int | None = None
    """`Continuity.now` before anything was read for it; None where nobody looked."""
    report: Report = unheard
    """Hears how far the planning is."""
