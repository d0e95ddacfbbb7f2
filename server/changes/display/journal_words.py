"""What an entry of the journal says, in one sentence for a person."""

from __future__ import annotations

from typing import Any

from ..plans.journal import Entry


def words_of(entry: Entry) -> str:
    """Empty where the event says it all."""
    facts = entry.facts
    if entry.event == "refused":
        return f"{facts.get('asked')}. {facts.get('why')}"
    return {
        "planned": f"{facts.get('heading')}, for {entry.who.caller.id}",
        "agreed": _agreement(facts),
        "adopted": f"{facts.get('number')} plans, jobs and script runs of {facts.get('from')} belong to {facts.get('to')}",
        "declined": f"{facts.get('how', '')}",
        "reopened": f"{facts.get('how', '')}",
        "missed": f"{facts.get('times')} of the schedule {facts.get('schedule')!r}, since {facts.get('why')}",
        "ended": _outcomes(facts),
        "mirroring": "its outcomes go into the owner's table",
        "mirrored": f"{len(facts.get('states', {}))} outcomes are in the owner's table",
        "erased": f"contents of {facts.get('contents')} entries ({facts.get('because')})",
        "forgetting": "begun",
        "forgotten": "refused: something was held or under way"
        if facts.get("refused")
        else f"with {facts.get('plans')} plans, {facts.get('jobs')} jobs and {facts.get('files')} files",
        "held": f"{facts.get('hold')} stands",
        "let go": f"{facts.get('hold')} holds nothing any more",
        "interrupted": f"its process ended in the middle; {_outcomes(facts)}",
    }.get(entry.event, "")


def _outcomes(facts: dict[str, Any]) -> str:
    return ", ".join(f"{n} {state}" for state, n in dict(facts.get("outcomes", {})).items())


def _agreement(facts: dict[str, Any]) -> str:
    """By whom, and how much they were shown."""
    if facts.get("pages", 1) <= 1:
        return f"by {facts.get('by')}"
    opened = len(facts.get("pages_opened", ()))
    return (
        f"by {facts.get('by')}, {opened} of {facts['pages']} pages opened,"
        f" {facts.get('shown')} of {facts.get('records')} records shown"
    )
