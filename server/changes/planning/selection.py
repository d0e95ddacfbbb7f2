"""Reads the records that meet the criteria of a change, with their before-images, up to the owner's limit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...criteria.criteria import Criteria
from ...criteria.requests import Leg
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange, Query
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import InputError
from ...query.found_sets.read_budget import Budget
from ...text.plain_parts import Name, names
from ...text.sentence import say
from ..applying.item_reading import EVERY_ROW
from ..plans.labels import label_of
from ..plans.marks import is_comparable
from .records_by_id import Progress, unheard

PAGE = 200
CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Chosen:
    records: tuple[Record, ...]
    how: str
    """How they were chosen, in words."""
    notes: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    """The fields by whose contents they were chosen."""


async def chosen(
    database: Database,
    meta: LayoutMeta,
    criteria: Criteria,
    *,
    most: int,
    portals: tuple[PortalRange, ...],
    how: str = "",
    budget: Budget | None = None,
    report: Progress = unheard,
) -> Chosen:
    """Every record that meets the criteria, if there are at most `most`, with the rows of `portals` and of those that the
    criteria speak of; InputError with candidates otherwise."""
    budget = budget or Budget(None)
    kept: dict[str, Record] = {}
    for leg in criteria.legs:
        for record in await _of_leg(database, meta, leg, portals, most, budget, report):
            kept.setdefault(record.record_id, record)
    if len(kept) > most:
        shown = [
            f"{record.record_id} {label_of(meta, record.fields)}".strip()
            for record in list(kept.values())[:CANDIDATES]
        ]
        raise InputError(
            f"{criteria.understood} matches more than {most} record{'s' if most != 1 else ''} on {meta.name!r}: "
            + ", ".join(shown)
            + (" ..." if len(kept) > CANDIDATES else ""),
            advice="Nothing was planned. Narrow the criteria, name the ids, or raise max_records if all of them are meant.",
        )
    by = tuple(target.name for target in criteria.targets if is_comparable(target.meta))
    return Chosen(tuple(kept.values()), how or criteria.understood, _related(meta, criteria, kept), by)


async def _of_leg(
    database: Database,
    meta: LayoutMeta,
    leg: Leg,
    portals: tuple[PortalRange, ...],
    most: int,
    budget: Budget,
    report: Progress = unheard,
) -> list[Record]:
    """Stops reading when there are too many, unless the results of other finds are subtracted."""
    names = {portal.name for portal in portals}
    needed = tuple(PortalRange(name, limit=EVERY_ROW) for name in leg.portals if name not in names)
    query = Query(meta.name, leg.requests, limit=PAGE, portals=(*portals, *needed))
    gone = {r.record_id for each in leg.minus for r in await _of_leg(database, meta, each, (), 10**9, budget)}
    found: list[Record] = []
    come = 0
    while True:
        page = await database.page(query)
        if page.found is None:
            budget.read_records(page.records)
        elif query.offset == 1:
            count = page.found if leg.residual is not None or gone else min(page.found, most + PAGE)
            budget.check_records(count, page.records)
        found += [
            record
            for record in page.records
            if (leg.residual is None or leg.residual.holds(record)) and record.record_id not in gone
        ]
        read = query.offset - 1 + len(page.ids)
        before, come = come, come + len(page.records)
        if page.found is not None:
            await report(come, page.found, say("reading records of %(layout)s", layout=meta.name))
        elif come // PAGE > before // PAGE:  # full pages alone: how few one brings tells what it passed over
            await report(come // PAGE * PAGE, None, say("reading records of %(layout)s", layout=meta.name))
        if not page.ids or read >= page.reach or len(found) > most:
            return found
        query = replace(query, offset=read + 1)


def _related(meta: LayoutMeta, criteria: Criteria, kept: dict[str, Record]) -> tuple[str, ...]:
    """For criteria on related fields: which values they matched, since the record itself does not show why it is among them."""
    notes: list[str] = []
    for target in criteria.targets:
        if not target.meta.is_related:
            continue
        values = {str(value) for record in kept.values() for value in target.values(record) if value != ""}
        if values:
            notes.append(
                say(
                    "%(field)s of these records: %(values)s",
                    field=Name(target.name),
                    values=names(sorted(values), 8),
                )
            )
    return tuple(notes)
