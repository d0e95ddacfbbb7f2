"""A plan as a person is shown it who has to agree: on a page, in a client's question, at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...dataapi.models import Value
from ...text.one_line import one_line
from .codec import written
from .differences import GROUPS, SAMPLES, change_of, which_of
from .excerpts import excerpts
from .plan import Item, Kind, Plan, RowKind, Step


@dataclass(frozen=True, slots=True)
class Group:
    """Records to which the same happens, as a person is shown them."""

    do: str
    layout: str
    records: int
    which: tuple[str, ...] = ()
    """The first of them."""
    lines: tuple[tuple[str, Value, Value], ...] = ()
    """(field, before, after)"""

    @property
    def is_delete(self) -> bool:
        return self.do == Kind.DELETE

    @property
    def names(self) -> str:
        more = self.records - len(self.which)
        return ", ".join(self.which) + (f" and {more} more" if self.which and more else "")


def groups_of(plan: Plan) -> list[Group]:
    shown: list[Group] = []
    for step in plan.steps:
        groups = _alike(step)
        for items in groups[:GROUPS]:
            lines = tuple(lines_of(step.kind, items[0]))
            shown.append(Group(_doing(step), step.layout, len(items), _which(items), lines))
        if rest := [item for items in groups[GROUPS:] for item in items]:
            doing = _doing(step) if step.kind is Kind.DELETE else f"{step.kind.value}, each differently,"
            shown.append(Group(doing, step.layout, len(rest), _which(rest)))
    return shown


def _alike(step: Step) -> list[list[Item]]:
    """Records to which the same happens together; deletes one by one, since what goes is different each time."""
    groups: dict[str, list[Item]] = {}
    for number, item in enumerate(step.items):
        same = f"{number}" if step.kind is Kind.DELETE else written(change_of(step.kind, item))
        groups.setdefault(same, []).append(item)
    return list(groups.values())


def _doing(step: Step) -> str:
    return f"{step.kind.value} {step.script}".strip()


def _which(items: Sequence[Item]) -> tuple[str, ...]:
    return tuple(which_of(item) for item in items[:SAMPLES] if item.label or item.record_id or item.copy_of)


def lines_of(kind: Kind, item: Item) -> list[tuple[str, Value, Value]]:
    """What happens to one record, a line a field: (field, before, after)."""
    lines: list[tuple[str, Value, Value]] = []
    source = item.before if kind is Kind.DELETE else item.after
    for name, value in source.items():
        if kind is Kind.DELETE and value != "":
            lines.append((name, *excerpts(value, "")))
        elif kind is not Kind.DELETE:
            lines.append((name, *excerpts(item.before.get(name, ""), value)))
    lines += [(name, "", f"{origin.field} of step {origin.step + 1}") for name, origin in item.later.items()]
    for change in item.rows:
        before = _joined(change.before) if change.kind is not RowKind.ADD else ""
        after = _joined(change.after) if change.kind is not RowKind.REMOVE else "(removed)"
        lines.append((f"{change.portal}: {change.kind.value} a row", before, after))
    if kind is Kind.RUN:
        lines = [("runs on", "", "the record itself")] if item.stands_on else []
        if item.parameter is not None or not lines:
            lines.append(("parameter", *excerpts("", item.parameter or "")))
    if item.file is not None:
        old = "a file" if item.file.before is not None else ""
        lines.append(
            (item.file.field, old, f"{item.file.name}, {item.file.size:,} bytes" if item.file.name else "")
        )
    return lines


def for_a_person(plan: Plan, because: str) -> str:
    """The plan as text that somebody who agrees to it should read first."""
    said = [f"{plan.heading}, in {plan.database}.", f"You are asked because {because}."]
    for group in groups_of(plan):
        said.append(f"- {group.do} on {group.layout}, {group.records}: {group.names}".rstrip(": "))
        for name, before, after in group.lines:
            old = f"{_quoted(before)} -> " if before != "" else ""
            new = "gone" if group.is_delete else _quoted(after)
            said.append(f"    {name}: {old}{new}")
    said += [f"Note: {warning}" for step in plan.steps for warning in step.warnings]
    return "\n".join(one_line(line) for line in said)


def _joined(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{name.rpartition('::')[2]} {_quoted(value)}" for name, value in values.items())


def _quoted(value: Value) -> str:
    return "(empty)" if value == "" else str(excerpts("", value)[1])
