"""How a run of a runbook ended: counts, and every record that needs a person with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

from ..changes.plans.item import Item
from ..changes.plans.outcome import ItemState, Outcome
from ..changes.plans.progress import Progress
from ..text.facts import Facts
from ..text.sentence import in_a_row

LISTS = ("review", "left_out")
SHOWN = 50


def pairs(progress: Progress) -> Iterator[tuple[Item, Outcome]]:
    for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
        yield from zip(step.items, outcomes, strict=True)


def report(runbook: str, progress: Progress, *, stopped: str = "") -> Facts:
    """`state` (`done`, `refused`, `unknown`), `records` (outcome -> how many), `review`, `left_out`."""
    counts = Counter(_word(outcome) for _, outcome in pairs(progress))
    review: list[Facts] = [
        {
            "id": item.record_id or "",
            "record": item.label,
            "outcome": outcome.state.value,
            "why": " ".join(outcome.notes),
        }
        for item, outcome in pairs(progress)
        if outcome.state in (ItemState.REFUSED, ItemState.UNKNOWN)
    ]
    state = "done" if set(counts) <= {"done"} else "unknown" if "unknown" in counts else "refused"
    facts: Facts = {
        "state": state,
        "runbook": runbook,
        "change_id": progress.plan.id,
        "records": dict(counts),
    }
    if stopped:
        facts["stopped"] = stopped
    if review:
        facts["review"] = review
    notes = [note for step in progress.plan.steps for note in step.notes]
    return facts | ({"left_out": notes} if notes else {})


def shortened(facts: Facts) -> Facts:
    """A report as an assistant reads it: of long lists the beginning, and how many more there are."""
    long = {name: cast("list[object]", each) for name, each in facts.items() if name in LISTS}
    cut = {name: each[:SHOWN] for name, each in long.items() if len(each) > SHOWN}
    more = {f"{name}_more": len(long[name]) - SHOWN for name in cut}
    return facts | cut | more


def unknown_records(progress: Progress) -> list[tuple[str, str, str]]:
    """(record id, label, reason) of those of which nobody knows whether they were done."""
    return [
        (item.record_id, item.label, in_a_row(outcome.notes))
        for item, outcome in pairs(progress)
        if outcome.state is ItemState.UNKNOWN and item.record_id is not None
    ]


def _word(outcome: Outcome) -> str:
    return "not_attempted" if outcome.state is ItemState.OPEN else outcome.state.value
