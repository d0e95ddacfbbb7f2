"""Restores related rows through a layout of their own table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...database.database import Database
from ...policy import key_of, unwritable
from ...text.sentence import say
from ..planning.records_by_id import records_by_id
from ..plans.item import FromStep, Item, RowChange
from .undo_rows import settable


@dataclass
class OwnRows:
    """The rows of one step of a change, by their layout."""

    database: Database
    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict[str, list[Item]](list))
    left: list[str] = field(default_factory=list[str])

    async def missing(self, rows: Sequence[RowChange]) -> list[RowChange]:
        """Those that went with their record: not every relationship deletes them."""
        gone: list[RowChange] = []
        for layout in dict.fromkeys(row.layout for row in rows):
            mine = [row for row in rows if row.layout == layout]
            there = await records_by_id(self.database, layout, [str(row.record_id) for row in mine], ())
            gone += [row for row in mine if str(row.record_id) not in there]
        return gone

    async def add(
        self,
        row: RowChange,
        *,
        takes_back: tuple[int, int] | None,
        parent: Item | None = None,
        parent_place: tuple[int, int] = (0, 0),
    ) -> None:
        """`parent` is the item that creates the record anew to which the row belongs: FileMaker may give it another number,
        which the row then takes from it."""
        meta = await self.database.layout(row.layout)
        closed = set(unwritable(self.database.policy, meta, {n for n, v in row.whole.items() if v != ""}))
        if closed:
            names = ", ".join(repr(name) for name in sorted(closed))
            self.left.append(
                say(
                    "%(portal)s row %(record_id)s: %(names)s cannot be written and does not come back",
                    portal=row.portal,
                    record_id=row.record_id or "",
                    names=names,
                )
            )
        after = {
            name: value
            for name, value in row.whole.items()
            if value != "" and name not in closed and "::" not in name and settable(meta, name)
        }
        later = {} if parent is None else _linked(meta, after, parent, parent_place)
        auto = tuple(name for name in after if (found := meta.field_named(name)) and found.auto_enter)
        kept = {name: value for name, value in after.items() if name not in later}
        key = key_of(self.database.policy, row.layout)
        named = (key, kept[key]) if key in kept and key not in auto else None
        self.items[row.layout].append(
            Item(
                label=f"{row.portal} row {row.record_id}",
                after=kept,
                later=later,
                droppable=tuple(name for name in auto if name in kept),
                key=named,
                takes_back=takes_back,
            )
        )


def _linked(
    meta: LayoutMeta, after: dict[str, Value], parent: Item, place: tuple[int, int]
) -> dict[str, FromStep]:
    """The fields by which the row hangs on its record, as far as FileMaker may fill what they hold: same content, no number
    that FileMaker would not make."""
    return {
        name: FromStep(*place, source)
        for source in parent.droppable
        for name, value in after.items()
        if value == parent.after.get(source) and meta.fields[name].type == "text"
    }
