"""Plans and outcomes as answers: what an assistant reads and a person is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import islice

from ..contents.altered_plan import AlteredPlan
from ..display.differences import Facts, differences, short
from .outcome import ItemState, Outcome
from .plan import Plan
from .progress import Progress
from .step import StepKind

MOST_TOLD = 50
"""Records of which an answer says what is to be said."""
MOST_CREATED = 50
"""Ids of new records that an answer names."""


def planned(plan: Plan, needs: str) -> Facts:
    """A plan that nobody has carried out. `needs` says who must agree and what to call next."""
    facts: Facts = {
        "state": "planned",
        "change_id": plan.id,
        "summary": f"{plan.heading}. Nothing changed yet.",
    }
    if plan.stage:
        facts["stage"] = plan.stage
    facts |= differences(plan)
    if plan.steps[0].kind is StepKind.EXPORT:  # its one item is the file
        facts.pop("records", None)
    if plan.undoes and "warnings" in facts:
        facts["stays_as_it_is"] = facts.pop("warnings")
    facts["expires"] = moment(plan.expires)
    facts["next"] = needs
    return facts


def result(
    progress: Progress,
    *,
    stopped: str = "",
    undo: bool = True,
    taken_back: Collection[tuple[int, int]] | None = None,
) -> Facts:
    """What became of a change, outcome by outcome. `taken_back` are the items, as (step, item), that an undo took back,
    None where none has begun."""
    counts = progress.states
    words = Counter(
        "taken_back" if (s, i) in (taken_back or ()) else _word_of(progress, outcome)
        for s, each in enumerate(progress.outcomes)
        for i, outcome in enumerate(each)
    )
    text = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in words.items())
    summary = f"{progress.plan.heading}: {text}."
    state = _overall(progress)
    facts: Facts = {"state": "stopped" if state == "planned" else state}
    facts |= {"change_id": progress.plan.id, "summary": summary, "records": dict(words)}
    if created := list(islice(_created(progress, taken_back or ()), MOST_CREATED)):
        facts["created"] = created
    told, more = _told(progress)
    if told:
        facts["details"] = told
    if more:
        facts["details_more"] = more
    if stopped:
        facts["stopped"] = stopped
    undo = undo and any(step.kind is not StepKind.RUN for step in progress.plan.steps)
    facts["next"] = _next(counts, progress.plan.id, undo)
    if progress.state == "applying":
        facts["next"] = (
            "It is being carried out just now. Look again, or check_job where it is a job of yours."
        )
    elif progress.state == "undone":
        facts |= {"undone": True, "next": "It was taken back. Plan another change to do it again."}
    elif taken_back is not None:
        facts["next"] = "A part of it was taken back, so it is not gone on with. " + (
            f"undo_change {progress.plan.id} tries the rest once more."
            if words[ItemState.DONE.value]
            else "Plan another change to do it again."
        )
    return facts


def _created(progress: Progress, taken_back: Collection[tuple[int, int]]) -> Iterator[str]:
    """Ids of the new records; of a way back those that were asked for, without the rows that come back with them."""
    undo = bool(progress.plan.undoes)
    return (
        outcome.record_id
        for s, (step, outcomes) in enumerate(zip(progress.plan.steps, progress.outcomes, strict=True))
        if step.kind in (StepKind.CREATE, StepKind.DUPLICATE)
        for i, (item, outcome) in enumerate(zip(step.items, outcomes, strict=True))
        if outcome.state is ItemState.DONE
        and outcome.record_id
        and (s, i) not in taken_back
        and not (undo and item.takes_back is None)
    )


def altered(plan: str) -> Facts:
    """The line of one that is not what was stored."""
    return {"change_id": plan, "state": "altered", "summary": AlteredPlan(plan).what}


def listed(progress: Progress) -> Facts:
    """One line of a list of changes."""
    plan = progress.plan
    counts = progress.states
    untouched = counts[ItemState.OPEN] == plan.records
    facts: Facts = {"change_id": plan.id, "state": _overall(progress)}
    if progress.state == "undone":
        facts["undone"] = True
    facts |= {"summary": plan.heading, "planned": moment(plan.made), "by": plan.who.caller.id}
    if plan.who.client:
        facts["client"] = plan.who.client
    if progress.approved_by:
        facts["agreed_by"] = progress.approved_by
    if not untouched:
        facts["records"] = {_word(state): n for state, n in counts.items()}
    return facts


def _overall(progress: Progress) -> str:
    """One word for a change: `running` while somebody carries it out, `done` only when every record is, `stopped` where some
    were not attempted. A plan whose process died is not `applying` any more when it is told (`applying.recovery`)."""
    counts = progress.states
    if progress.state == "applying" or counts[ItemState.SENT]:
        return "running"
    if counts[ItemState.OPEN] == progress.plan.records:
        return "planned"
    if counts[ItemState.UNKNOWN]:
        return "unknown"
    if counts[ItemState.REFUSED]:
        return "refused"
    return "stopped" if counts[ItemState.OPEN] else "done"


def _word(state: ItemState) -> str:
    return {ItemState.OPEN: "not_attempted", ItemState.SENT: "on_its_way"}.get(state, state.value)


def _word_of(progress: Progress, outcome: Outcome) -> str:
    """As `_word`; what somebody has open (301) is waited for while the change is carried out."""
    waits = outcome.state is ItemState.OPEN and outcome.code == 301 and progress.state == "applying"
    return "waiting_for_release" if waits else _word(outcome.state)


def _told(progress: Progress) -> tuple[list[Facts], int]:
    """The first ones of which there is something to say, and how many more there are."""
    told: list[Facts] = []
    more = 0
    for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
        for item, outcome in zip(step.items, outcomes, strict=True):
            if not (outcome.notes or outcome.result or outcome.state not in (ItemState.DONE, ItemState.OPEN)):
                continue
            if len(told) == MOST_TOLD:
                more += 1
            else:
                facts: Facts = {
                    "id": outcome.record_id or item.record_id or "new",
                    "outcome": outcome.state.value,
                }
                if outcome.notes:
                    facts["why"] = " ".join(outcome.notes)
                if outcome.result:
                    facts["result"] = short(outcome.result)
                told.append(facts)
    return told, more


def _next(counts: Counter[ItemState], plan_id: str, undo: bool) -> str:
    if counts[ItemState.UNKNOWN]:
        text = f"apply_change {plan_id} again looks whether the unknown ones were carried out; nothing is sent twice."
        return f"{text} With go_on it continues with the rest." if counts[ItemState.OPEN] else text
    if counts[ItemState.OPEN]:
        return f"apply_change {plan_id} again continues with what was not attempted."
    if counts[ItemState.DONE] and undo:
        return f"undo_change {plan_id} takes it back."
    return "Nothing is left to do with this change; plan another one."


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
