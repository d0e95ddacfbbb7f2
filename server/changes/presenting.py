"""Plans and outcomes as answers: what an assistant reads and a person is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from ..dataapi.models import Value
from .codec import written
from .plan import Item, ItemState, Kind, Outcome, Plan, RowKind, Step
from .shelf import Progress

SAMPLES = 10
GROUPS = 20
LONG = 200
Facts = dict[str, object]

VERBS = {
    Kind.CREATE: "Create",
    Kind.DUPLICATE: "Duplicate",
    Kind.EDIT: "Edit",
    Kind.UPLOAD: "Put files into",
    Kind.DELETE: "Delete",
    Kind.RUN: "Run",
}


def heading_of(steps: Sequence[Step]) -> str:
    """The change in one sentence."""
    parts: list[str] = []
    for step in steps:
        count = len(step.items)
        if step.kind is Kind.RUN and (count != 1 or step.items[0].record_id is not None):
            what = f"Run the script {step.script!r} for {count} record{'s' if count != 1 else ''}"
            parts.append(f"{what} on {step.layout!r}" + (f" ({step.how})" if step.how else ""))
            continue
        if step.kind is Kind.RUN:
            parts.append(f"Run the script {step.script!r}")
            continue
        parts.append(
            f"{VERBS[step.kind]} {count} record{'s' if count != 1 else ''} on {step.layout!r}"
            + (f" ({step.how})" if step.how else "")
        )
    return ", then ".join(part if not n else part[:1].lower() + part[1:] for n, part in enumerate(parts))


def planned(plan: Plan, *, needs: str) -> Facts:
    """A plan that nobody has carried out. `needs` says who must agree and what to call next."""
    facts: Facts = {
        "state": "planned",
        "change_id": plan.id,
        "summary": f"{plan.heading}. Nothing changed yet.",
    }
    facts |= differences(plan)
    facts["expires"] = moment(plan.expires)
    facts["next"] = needs
    return facts


def differences(plan: Plan) -> Facts:
    facts: Facts = {
        "changes": [group for n, step in enumerate(plan.steps) for group in _groups(n, step, plan)]
    }
    warnings = [warning for step in plan.steps for warning in step.warnings]
    notes = [note for step in plan.steps for note in step.notes]
    if warnings:
        facts["warnings"] = list(dict.fromkeys(warnings))
    if notes:
        facts["notes"] = notes[:30] + ([f"and {len(notes) - 30} more"] if len(notes) > 30 else [])
    return facts


def _groups(number: int, step: Step, plan: Plan) -> list[Facts]:
    """Items with identical changes together, with up to ten records each."""
    groups: dict[str, list[Item]] = {}
    for item in step.items:
        groups.setdefault(written(change_of(step.kind, item)), []).append(item)
    shown: list[Facts] = []
    for items in list(groups.values())[:GROUPS]:
        facts: Facts = {"step": number + 1} if len(plan.steps) > 1 else {}
        facts |= {"do": step.kind.value, "layout": step.layout, "records": len(items)}
        facts |= {"script": step.script, "effect": step.effect} if step.script else {}
        facts |= change_of(step.kind, items[0])
        facts["which"] = [which_of(item) for item in items[:SAMPLES]]
        if len(items) > SAMPLES:
            facts["which_more"] = len(items) - SAMPLES
        shown.append(facts)
    if len(groups) > GROUPS:
        rest = sum(len(items) for items in list(groups.values())[GROUPS:])
        shown.append(
            {"do": step.kind.value, "layout": step.layout, "records": rest, "more_different_changes": True}
        )
    return shown


def change_of(kind: Kind, item: Item) -> Facts:
    """What happens to a record, without which record it is."""
    facts: Facts = {}
    if kind is Kind.EDIT:
        facts["fields"] = {n: [short(item.before.get(n, "")), short(v)] for n, v in item.after.items()}
    elif kind is Kind.CREATE:
        facts["fields"] = {name: short(value) for name, value in item.after.items()}
    elif kind is Kind.RUN and item.parameter is not None:
        facts["parameter"] = short(item.parameter)
    for name, origin in item.later.items():
        facts.setdefault("from_steps", {})[name] = f"{origin.field} of step {origin.step + 1}"  # type: ignore[index] -- a dict by construction
    rows: list[Facts] = []
    for change in item.rows:
        row: Facts = {"portal": change.portal, "row": change.kind.value}
        if change.record_id:
            row["id"] = change.record_id
        if change.kind is RowKind.EDIT:
            row["fields"] = {n: [short(change.before.get(n, "")), short(v)] for n, v in change.after.items()}
        else:
            source = change.after or change.before
            row["fields"] = {name: short(value) for name, value in source.items()}
        rows.append(row)
    if rows:
        facts["rows"] = rows
    if item.file is not None:
        facts["file"] = {
            "field": item.file.field,
            "name": item.file.name or "(emptied)",
            "bytes": item.file.size,
        }
        if item.file.before is not None:
            facts["file"]["replaces_a_file"] = True  # type: ignore[index] -- the dict above
    return facts


def result(progress: Progress, *, stopped: str = "", undo: bool = True) -> Facts:
    """What became of a change, outcome by outcome."""
    outcomes = progress.all_outcomes
    counts = Counter(outcome.state for outcome in outcomes)
    said = ", ".join(f"{n} {_word(state)}" for state, n in counts.items())
    summary = f"{progress.plan.heading}: {said}."
    facts: Facts = {"state": overall(counts), "change_id": progress.plan.id, "summary": summary}
    facts["records"] = {_word(state): n for state, n in counts.items()}
    created = [
        o.record_id
        for step, each in zip(progress.plan.steps, progress.outcomes, strict=True)
        if step.kind in (Kind.CREATE, Kind.DUPLICATE)
        for o in each
        if o.state is ItemState.DONE and o.record_id
    ]
    if created:
        facts["created"] = created[:50]
    told = _told(progress)
    if told:
        facts["details"] = told[:50]
        if len(told) > 50:
            facts["details_more"] = len(told) - 50
    if stopped:
        facts["stopped"] = stopped
    facts["next"] = _next(counts, progress.plan.id, undo)
    return facts


def listed(progress: Progress) -> Facts:
    """One line of a list of changes."""
    plan = progress.plan
    counts = Counter(outcome.state for outcome in progress.all_outcomes)
    untouched = counts[ItemState.OPEN] == plan.records
    facts: Facts = {"change_id": plan.id, "state": "planned" if untouched else overall(counts)}
    if progress.state == "undone":
        facts["undone"] = True
    facts |= {"summary": plan.heading, "planned": moment(plan.made), "by": plan.who.caller}
    if plan.who.client:
        facts["client"] = plan.who.client
    if progress.approved_by:
        facts["agreed_by"] = progress.approved_by
    if not untouched:
        facts["records"] = {_word(state): n for state, n in counts.items()}
    return facts


def overall(counts: Counter[ItemState]) -> str:
    """One word for a change: `done` only when every record is."""
    if counts[ItemState.SENT]:
        return "running"
    if counts[ItemState.UNKNOWN]:
        return "unknown"
    return "refused" if counts[ItemState.REFUSED] or counts[ItemState.OPEN] else "done"


def _word(state: ItemState) -> str:
    return {ItemState.OPEN: "not_attempted", ItemState.SENT: "on_its_way"}.get(state, state.value)


def _told(progress: Progress) -> list[Facts]:
    told: list[Facts] = []
    for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
        for item, outcome in zip(step.items, outcomes, strict=True):
            if outcome.notes or outcome.result or outcome.state not in (ItemState.DONE, ItemState.OPEN):
                facts: Facts = {
                    "id": outcome.record_id or item.record_id or "new",
                    "outcome": outcome.state.value,
                }
                if outcome.notes:
                    facts["why"] = " ".join(outcome.notes)
                if outcome.result:
                    facts["result"] = short(outcome.result)
                told.append(facts)
    return told


def _next(counts: Counter[ItemState], plan_id: str, undo: bool) -> str:
    if counts[ItemState.UNKNOWN]:
        return f"apply_change {plan_id} again looks whether the unknown ones were carried out; nothing is sent twice."
    if counts[ItemState.OPEN]:
        return f"apply_change {plan_id} again continues with what was not attempted."
    if counts[ItemState.DONE] and undo:
        return f"undo_change {plan_id} takes it back."
    return "Nothing is left to do with this change; plan another one."


def which_of(item: Item) -> str:
    name = (
        item.copy_of
        or item.record_id
        or ("new" if item.created_by is None else f"of step {item.created_by[0] + 1}")
    )
    return f"{name} {item.label}".strip()


def short(value: Value) -> Value:
    if isinstance(value, str) and len(value) > LONG:
        return f"{value[:LONG]}… ({len(value)} characters)"
    return value


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def outcome_words(outcome: Outcome) -> str:
    return f"{outcome.state.value}: {' '.join(outcome.notes)}" if outcome.notes else outcome.state.value
