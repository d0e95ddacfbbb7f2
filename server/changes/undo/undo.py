"""The way back: a plan made from before-images. What changed since, or cannot be restored, is said and not overwritten."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...dataapi.models import LayoutMeta, Record, Value
from ...database.database import Database
from ...errors import RecordMissing
from ...policy import key_of, unwritable
from ..applying.item_request import read_back
from ..plans.deleted_files import files_back
from ..plans.field_check import same_value
from ..plans.plan import Item, ItemState, Kind, Outcome, Step
from ..plans.plan_store import Progress
from ..plans.uploads import Uploads
from .undo_create import CREATING, every_row, removal
from .undo_rows import rows_back, rows_restored, settable


@dataclass
class WayBack:
    uploads: Uploads
    steps: list[Step] = field(default_factory=list[Step])
    left: list[str] = field(default_factory=list[str])
    """What stays as it is, and why."""
    records: int = 0
    """How many records of the change there are to take back."""
    restored: dict[tuple[str, str], dict[str, Value]] = field(
        default_factory=dict[tuple[str, str], dict[str, Value]]
    )
    """(layout, record id) -> what later steps, taken back first, will have given it again."""


async def way_back(
    database: Database,
    uploads: Uploads,
    progress: Progress,
    taken_back: frozenset[tuple[int, int]] = frozenset(),
) -> WayBack:
    """Steps that undo what a change did, the last first, without the items that were taken back already."""
    back = WayBack(uploads)
    numbered = enumerate(zip(progress.plan.steps, progress.outcomes, strict=True))
    for s, (step, outcomes) in reversed(list(numbered)):
        meta = await database.layout(step.layout)
        items: dict[Kind, list[Item]] = {}
        rows: list[Item] = []
        files: list[Item] = []
        for i, (item, outcome) in reversed(list(enumerate(zip(step.items, outcomes, strict=True)))):
            if (s, i) in taken_back:
                continue
            if outcome.state is ItemState.UNKNOWN:
                back.left.append(f"{_named(item, outcome)}: it is not known whether it was changed")
            if outcome.state is not ItemState.DONE:
                continue
            back.records += 1
            if step.kind is Kind.RUN:
                back.left.append(
                    f"{_named(item, outcome)}: what the script {step.script!r} did cannot be taken back"
                )
                continue
            item = _allowed(database, meta, step, item, back)
            undone = await _undone(database, meta, step, item, outcome, progress, back)
            if undone is None:
                continue
            items.setdefault(undone[0], []).append(replace(undone[1], takes_back=(s, i)))
            if step.kind is Kind.DELETE:
                created_by = (len(back.steps), len(items[Kind.CREATE]) - 1)
                rows += rows_restored(meta, item, created_by)
                uploads_again, lost = files_back(meta, item, created_by)
                files += uploads_again
                if lost:
                    back.left.append(f"{_named(item, None)}: the files in {', '.join(lost)} do not come back")
        if rows:
            items[Kind.EDIT] = rows
        if files:
            items[Kind.UPLOAD] = files
        back.steps += [Step(kind, step.layout, tuple(each)) for kind, each in items.items()]
    return back


async def _undone(
    database: Database,
    meta: LayoutMeta,
    step: Step,
    item: Item,
    outcome: Outcome,
    progress: Progress,
    back: WayBack,
) -> tuple[Kind, Item] | None:
    if step.kind is Kind.DELETE:
        return _restored(meta, item, back, key_of(database.policy, step.layout))
    record = await _present(database, meta, step, outcome.record_id or "", item)
    if record is None:
        back.left.append(f"{_named(item, outcome)}: the record does not exist any more")
        return None
    if step.kind in CREATING:
        found = removal(meta, item, outcome, record, progress, step.layout)
        if isinstance(found, Item):
            return Kind.DELETE, found
        back.left.append(
            f"{_named(item, outcome)}: the new record was changed since, so it stays ({', '.join(found)})"
        )
        return None
    if step.kind is Kind.UPLOAD:
        return await _file_back(database, step, item, outcome, record, back)
    restored = back.restored.setdefault((step.layout, record.record_id), {})
    found = _edited_back(meta, item, outcome, replace(record, fields={**record.fields, **restored}), back)
    restored |= found[1].after if found else {}
    return found


def _edited_back(
    meta: LayoutMeta, item: Item, outcome: Outcome, record: Record, back: WayBack
) -> tuple[Kind, Item] | None:
    changed = [
        name
        for name, value in outcome.after.items()
        if not same_value(meta.field_named(name), value, record.fields.get(name, ""))
    ]
    rows, lost = rows_back(meta, item, outcome, record)
    if changed or lost:
        what = ", ".join([f"{name!r} is {record.fields.get(name, '')!r} now" for name in changed] + lost)
        back.left.append(f"{_named(item, outcome)}: changed since ({what})")
        return None
    after = {name: item.before[name] for name in outcome.after if name in item.before}
    known = {name: tuple(r.record_id for r in rows_.rows) for name, rows_ in record.portals.items()}
    return Kind.EDIT, Item(
        record_id=record.record_id,
        mod_id=record.mod_id,
        label=item.label,
        before={name: record.fields.get(name, "") for name in after},
        after=after,
        rows=rows,
        known_rows=known,
        own=True,
    )


def _allowed(database: Database, meta: LayoutMeta, step: Step, item: Item, back: WayBack) -> Item:
    """A deleted record without what the owner keeps from being written, which is said and does not come back."""
    images = (item.before, *(row.before for row in item.related))
    closed = set(
        unwritable(database.policy, meta, {n for each in images for n, v in each.items() if v != ""})
    )
    if not closed or step.kind is not Kind.DELETE:
        return item
    names = ", ".join(repr(name) for name in sorted(closed))
    back.left.append(
        f"{_named(item, None)}: {names} cannot be written by this assistant and does not come back"
    )
    related = tuple(
        replace(row, before={n: v for n, v in row.before.items() if n not in closed}) for row in item.related
    )
    return replace(item, before={n: v for n, v in item.before.items() if n not in closed}, related=related)


def _restored(meta: LayoutMeta, item: Item, back: WayBack, key: str | None) -> tuple[Kind, Item] | None:
    after = {name: value for name, value in item.before.items() if value != "" and settable(meta, name)}
    auto = tuple(name for name in after if (found := meta.field_named(name)) is not None and found.auto_enter)
    back.left.append(f"{_named(item, None)}: it comes back as a new record, with another record id")
    kept = key if key in after and key not in auto else None
    named = (kept, after[kept]) if kept else None
    return Kind.CREATE, Item(label=item.label, after=after, droppable=auto, key=named)


async def _file_back(
    database: Database, step: Step, item: Item, outcome: Outcome, record: Record, back: WayBack
) -> tuple[Kind, Item] | None:
    change = await back.uploads.back(database, step.layout, replace(item, record_id=record.record_id))
    if change is None:
        back.left.append(
            f"{_named(item, outcome)}: the file was replaced since, or its predecessor is not kept"
        )
        return None
    return Kind.UPLOAD, Item(
        record_id=record.record_id, mod_id=record.mod_id, label=item.label, file=change, own=True
    )


async def _present(
    database: Database, meta: LayoutMeta, step: Step, record_id: str, item: Item
) -> Record | None:
    try:
        if step.kind in CREATING:
            return await database.record(step.layout, record_id, portals=every_row(meta))
        return await read_back(database, step, record_id, item)
    except RecordMissing:
        return None


def _named(item: Item, outcome: Outcome | None) -> str:
    record_id = (outcome and outcome.record_id) or item.record_id or "a new record"
    return f"{record_id} ({item.label})" if item.label else record_id
