"""Whether what was sent had been agreed to, as the journal and the seals tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...local.state.state import Row, State
from ..journal.entry_facts import facts_in
from ..plans.plan_seal import Seal


@dataclass
class _AgreementCourse:
    """What the journal tells of one plan, entry by entry."""

    digest: str = ""
    agreed: set[str] = field(default_factory=set[str])
    """Digests to which somebody agreed, by an entry whose seal holds."""
    needs_person: bool = False
    sent: int = 0
    """How many records were sent without an agreement, and the first entry that says so."""
    first: int = 0


async def missing_agreements(state: State, seal: Seal) -> list[str]:
    """What is wrong with agreements, in words. Empty when nothing is."""
    complaints: list[str] = []
    courses: dict[str, _AgreementCourse] = {}
    for row in await state.rows("SELECT * FROM journal WHERE plan <> '' ORDER BY number"):
        course = courses.setdefault(row["plan"], _AgreementCourse())
        facts = facts_in(row)
        event = row["event"]
        if event == "planned":
            course.digest = facts.get("digest", "")
        elif event == "agreed" and "seal" in facts:
            if seal.is_agreement(facts, plan=row["plan"], database=row["database"], caller=row["caller"]):
                course.agreed.add(facts["digest"])
            else:
                complaints.append(f"the agreement to {row['plan']} (entry {row['number']}) has not our seal")
        elif event == "started":
            course.needs_person = facts.get("person", False)
        elif _is_sent(row, facts) and course.needs_person and course.digest not in course.agreed:
            course.sent += 1
            course.first = course.first or row["number"]
    complaints += [
        f"{plan}: {course.sent:,} sent from entry {course.first} on without the agreement that was needed"
        for plan, course in courses.items()
        if course.sent
    ]
    return complaints + await _without_an_entry(state)


def _is_sent(row: Row, facts: dict[str, Any]) -> bool:
    """A record, or a file that has left."""
    return row["event"] == "attempt" or (row["event"] == "outcome" and facts.get("outcome") == "let out")


async def _without_an_entry(state: State) -> list[str]:
    rows = await state.rows(
        "SELECT id, approved_by FROM plan WHERE approved_by <> '' AND NOT EXISTS"
        " (SELECT 1 FROM journal WHERE journal.plan = plan.id AND event = 'agreed') ORDER BY made"
    )
    return [
        f"{row['id']} is marked as agreed to by {row['approved_by']!r}, and no entry says so" for row in rows
    ]
