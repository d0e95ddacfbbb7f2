"""Which fields a plan writes, and through which layouts: by that the owner says who agrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..database.database import Database
from ..errors import Forbidden, NameUnknown
from ..policy import Policy, asking_at_home, names_for, occurrence_of
from ..policy.field_names import bare
from ..policy.tables import asking_of_table
from .plans.item import Item
from .plans.step import Step, StepKind


async def written_fields(database: Database, steps: Sequence[Step]) -> Mapping[str, frozenset[str]]:
    """Layout -> the fields that are written through it. What a portal or a related field reaches is also written on the layouts of
    its own table, as far as the owner says who agrees there."""
    written: dict[str, set[str]] = {}
    for step in steps:
        written.setdefault(step.layout, set[str]()).update(_through(database.policy, step))
        for layout in await _kin(database, step):
            written.setdefault(layout, set[str]()).update(_through(database.policy, step))
        for layout, names in (await _at_home(database, step)).items():
            written.setdefault(layout, set[str]()).update(names)
    return {layout: frozenset(names) for layout, names in written.items()}


async def text_fields(database: Database, steps: Iterable[Step]) -> frozenset[str]:
    """The bare names of the fields that get text or a file, of related rows too: no number, date or time says anything to a reader."""
    written = set[str]()
    for step in steps:
        names = {name for item in step.telling for name in _sent(item)}
        if names:
            written |= await _holding_text(database, step.layout, names)
    return frozenset(bare(name).rpartition("::")[2] for name in written)


async def _holding_text(database: Database, layout: str, names: set[str]) -> set[str]:
    try:
        meta = await database.layout(layout)
    except (Forbidden, NameUnknown):
        return names
    fields = {name: meta.field_named(name) for name in names}
    return {name for name, field in fields.items() if field is None or field.type in ("text", "container")}


def _sent(item: Item) -> Iterator[str]:
    yield from (*item.after, *item.later)
    yield from (name for change in item.rows for name in change.after)
    if item.file is not None:
        yield item.file.field


def _through(policy: Policy, step: Step) -> set[str]:
    """A copy writes every field that it does not name too."""
    names = set[str]()
    if step.kind is StepKind.DUPLICATE:
        names |= names_for(policy.approval_by_field, step.layout) or set()
    for item in step.telling:
        names |= {*item.after, *item.later} if step.kind is not StepKind.DELETE else set()
        names |= {name for change in item.rows for name in (*change.after, *change.before)}
        if item.file is not None:
            names.add(item.file.field)
    return names


async def _kin(database: Database, step: Step) -> Sequence[str]:
    """Other layouts of the step's table for which the owner says who agrees, where they say nothing of its own."""
    policy = database.policy
    if not step.layout or not (policy.approval_by_layout or policy.approval_by_field):
        return ()
    try:
        meta = await database.layout(step.layout)
    except (Forbidden, NameUnknown):
        return ()
    return asking_of_table(policy, meta)


async def _at_home(database: Database, step: Step) -> Mapping[str, set[str]]:
    policy = database.policy
    reached = _reached(step)
    if not reached or not (policy.approval_by_layout or policy.approval_by_field):
        return {}
    try:
        meta = await database.layout(step.layout)
    except (Forbidden, NameUnknown):  # closed or gone since it was planned: nothing of it is written
        return {}
    written: dict[str, set[str]] = {}
    for occurrence, names in reached.items():
        for layout in asking_at_home(policy, meta, occurrence):
            written.setdefault(layout, set[str]()).update(names)
    return written


def _reached(step: Step) -> Mapping[str, set[str]]:
    """Occurrence -> the fields of its own that are written there; also one of which rows only come or go."""
    reached: dict[str, set[str]] = {}
    for name in _related(step.telling if step.kind is not StepKind.DELETE else ()):
        reached.setdefault(occurrence_of(name), set[str]()).add(name.partition("::")[2])
    for item in step.telling:
        for change in item.rows:
            reached.setdefault(change.occurrence, set[str]())
    return reached


def _related(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        rows = [name for row in item.rows for name in (*row.after, *row.before)]
        yield from (name for name in (*item.after, *item.later, *rows) if "::" in name)
