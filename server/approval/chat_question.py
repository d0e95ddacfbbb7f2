"""A plan as a question of the client, where all of it fits: nobody agrees in a chat to what is not shown there."""

from __future__ import annotations

import secrets

from ..changes.display.plan_display import ChangeLine, Sense
from ..changes.display.plan_listing import PlanListing
from ..changes.plans.plan import Plan
from ..text.one_line import one_line
from ..text.readable_id import random_letters

MOST_RECORDS = 10
MOST_CHARACTERS = 1_500
MOST_OPEN = 100


def question_for(plan: Plan, because: str) -> str | None:
    """The whole plan as text. None when it is too long to be read there."""
    if plan.records > MOST_RECORDS:
        return None
    lines = [f"{plan.heading}, in {plan.place}.", f"You are asked because {because}."]
    for rows in PlanListing(plan).groups:
        first = rows[0]
        names = ", ".join(row.which for row in rows)
        lines.append(f"- {first.do} on {first.layout}: {names}")
        lines += [f"    {_line(line)}" for line in first.lines]
    notes = dict.fromkeys(words for step in plan.steps for words in (*step.warnings, *step.notes))
    lines += [f"Note: {words}" for words in notes]
    text = "\n".join(one_line(line) for line in lines)
    return text if len(text) <= MOST_CHARACTERS else None


def fresh_letters() -> str:
    """What a person types to agree. They stand where a person reads them, and in no answer."""
    return random_letters(4)


class OpenQuestions:
    """Questions that went out as the result of a call and come back with the next one."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, str]] = {}

    def put(self, plan: Plan, letters: str) -> str:
        """A name for the question that tells nothing."""
        name = secrets.token_urlsafe(16)
        self._open[name] = (plan.digest, letters)
        while len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]
        return name

    def take(self, name: str | None, plan: Plan) -> str | None:
        """The letters, once. None when no such question was asked about the plan as it is."""
        digest, letters = self._open.pop(name or "", ("", ""))
        return letters if letters and digest == plan.digest else None


def _line(line: ChangeLine) -> str:
    if line.sense is Sense.SAYS:
        return f"{line.name}: {line.after}"
    old = f"{line.before} -> " if line.before != "" else ""
    new = "gone" if line.is_gone else "(empty)" if line.after == "" else line.after
    return f"{line.name}: {old}{new}"
