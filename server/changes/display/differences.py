"""What a plan would do to the records: identical changes together, a few samples of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...dataapi.contents import Value
from ...text.facts import Facts
from ..plans.item import Item, RowKind
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from .excerpts import excerpts
from .listed_records import same_of
from .plan_display import lines_of, which_of

SAMPLES = 10
GROUPS = 20
LONG = 200
WARNINGS, NOTES = 50, 30


def differences(plan: Plan) -> Facts:
    facts: Facts = {
        "changes": [group for n, step in enumerate(plan.steps) for group in _groups(n, step, plan)]
    }
    warnings = [warning for step in plan.steps for warning in step.warnings]
    notes = [note for step in plan.steps for note in step.notes]
    if warnings:
        facts["warnings"] = shortened(list(dict.fromkeys(warnings)), WARNINGS)
    if notes:
        facts["notes"] = shortened(notes, NOTES)
    return facts


def shortened(lines: list[str], most: int) -> list[str]:
    return lines[:most] + ([f"and {len(lines) - most} more"] if len(lines) > most else [])


@dataclass
class _Group:
    """Items to which the same happens."""

    first: Item
    count: int = 0
    which: list[str] = field(default_factory=list[str])

    def add(self, item: Item) -> None:
        self.count += 1
        if len(self.which) < SAMPLES:
            self.which.append(which_of(item))


def _groups(number: int, step: Step, plan: Plan) -> list[Facts]:
    """Items with identical changes together, with up to ten records each. What a delete takes is not told."""
    groups: dict[str, _Group] = {}
    rest = 0
    for item in step.items:
        same = "" if step.kind is StepKind.DELETE else same_of(step, item, lines_of(step, item))
        if same in groups or len(groups) < GROUPS:
            groups.setdefault(same, _Group(item)).add(item)
        else:
            rest += 1
    shown: list[Facts] = []
    for group in groups.values():
        facts: Facts = {"step": number + 1} if len(plan.steps) > 1 else {}
        facts |= {"do": step.kind.value, "layout": step.layout, "records": group.count}
        facts |= {"script": step.script, "effect": step.effect} if step.script else {}
        facts |= change_of(step.kind, group.first)
        facts["which"] = group.which
        if group.count > SAMPLES:
            facts["which_more"] = group.count - SAMPLES
        shown.append(facts)
    if rest:
        shown.append(
            {"do": step.kind.value, "layout": step.layout, "records": rest, "more_different_changes": True}
        )
    return shown


def _run_of(item: Item) -> Facts:
    facts: Facts = {"runs_on": "the record itself"} if item.stands_on else {}
    return facts if item.parameter is None else facts | {"parameter": short(item.parameter)}


def change_of(kind: StepKind, item: Item) -> Facts:
    """What happens to a record, without which record it is."""
    facts: Facts = {}
    if kind is StepKind.EDIT:
        facts["fields"] = {n: _pair(item.before.get(n, ""), v) for n, v in item.after.items()}
    elif kind in (StepKind.CREATE, StepKind.EXPORT):
        facts["fields"] = {name: short(value) for name, value in item.after.items()}
    elif kind is StepKind.RUN:
        facts = _run_of(item)
    for name, origin in item.later.items():
        facts.setdefault("from_steps", {})[name] = f"{origin.field} of step {origin.step + 1}"  # type: ignore[index] -- a dict by construction
    rows: list[Facts] = []
    for change in item.rows:
        row: Facts = {"portal": change.portal, "row": change.kind.value}
        if change.record_id:
            row["id"] = change.record_id
        if change.kind is RowKind.EDIT:
            row["fields"] = {n: _pair(change.before.get(n, ""), v) for n, v in change.after.items()}
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


def _pair(before: Value, after: Value) -> list[Value]:
    """Both values. Long ones are shortened to the part that differs."""
    return list(excerpts(before, after, most=LONG))


def short(value: Value) -> Value:
    if isinstance(value, str) and len(value) > LONG:
        return f"{value[:LONG]}… ({len(value)} characters)"
    return value
