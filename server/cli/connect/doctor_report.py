"""The stages of connecting as lines at a terminal, and as facts for programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..terminal_text import STAGE_STYLES, beside

if TYPE_CHECKING:
    from ...diagnosis.stages import ConnectionStage


def line_of_stage(stage: ConnectionStage) -> str:
    finding = stage.finding
    name = f"{stage.name} ({finding.step})" if finding.step else stage.name
    head = f"  {finding.state.value:<12} {name:<24} "
    lines = [(head, f"{finding.found}  [{stage.seconds:.1f} s]")]
    if finding.unchecked:
        lines.append((" " * 40, f"not checked: {finding.unchecked}"))
    if finding.remedy:
        lines.append((" " * 40, f"what to do: {finding.remedy}"))
    style = STAGE_STYLES[finding.state.value]
    return "\n".join(beside(head, text, sys.stdout, style if head.strip() else "") for head, text in lines)


def facts_of(reports: dict[str, list[ConnectionStage]]) -> dict[str, object]:
    return {
        name: {
            "connected": not any(stage.failed for stage in stages),
            "stages": [stage.facts() for stage in stages],
        }
        for name, stages in reports.items()
    }
