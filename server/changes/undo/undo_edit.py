"""Undoes an edit, or a file that was put into a container: what changed since is left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...text.plain_parts import Held, Listed, Name
from ...text.sentence import say
from ..plans.field_check import same_value
from ..plans.item import Item
from ..plans.outcome import Outcome
from ..plans.step import Step, StepKind
from .undo_delete import named
from .undo_rows import rows_back

if TYPE_CHECKING:
    from .way_back import WayBack


def edited_back(
    meta: LayoutMeta, item: Item, outcome: Outcome, record: Record, back: WayBack
) -> tuple[StepKind, Item] | None:
    changed = [
        name
        for name, value in outcome.after.items()
        if not same_value(meta.field_named(name), value, record.fields.get(name, ""))
    ]
    rows, lost = rows_back(meta, item, outcome, record)
    if changed or lost:
        what = Listed.of(
            [
                *(
                    say("%(name)s is %(what)s now", name=Name(name), what=Held(record.fields.get(name, "")))
                    for name in changed
                ),
                *lost,
            ]
        )
        back.left.append(say("%(named)s: changed since (%(what)s)", named=named(item, outcome), what=what))
        return None
    after = {name: item.before[name] for name in outcome.after if name in item.before}
    if not after and not rows and not item.rows:
        back.left.append(
            say("%(named)s: the owner's settings close now what was changed", named=named(item, outcome))
        )
        return None
    known = {name: tuple(r.record_id for r in rows_.rows) for name, rows_ in record.portals.items()}
    return StepKind.EDIT, Item(
        record_id=record.record_id,
        mod_id=record.mod_id,
        label=item.label,
        before={name: record.fields.get(name, "") for name in after},
        after=after,
        rows=rows,
        known_rows=known,
        own=True,
    )


async def file_back(
    database: Database, step: Step, item: Item, outcome: Outcome, record: Record, back: WayBack
) -> tuple[StepKind, Item] | None:
    change = await back.uploads.back(database, step.layout, replace(item, record_id=record.record_id))
    if change is None:
        back.left.append(
            say(
                "%(named)s: the file was replaced since, or its predecessor is not kept",
                named=named(item, outcome),
            )
        )
        return None
    return StepKind.UPLOAD, Item(
        record_id=record.record_id, mod_id=record.mod_id, label=item.label, file=change, own=True
    )
