"""Turns a request into steps of a plan: reads records, checks values, keeps files, adds warnings."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.record import Record
from ...database.database import Database
from ...database.limits.closed_marks import check_taken_along
from ...host_errors import RecordMissing
from ...policy import check_table, key_of, unwritable
from ..applying.apply_context import Exact
from ..files.deleted_files import with_files
from ..files.uploads import Uploads
from ..plans.item import Item
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from ..unhurried import Pace, in_turns
from .cascades import Cascades
from .closed_records import kept_among, refusals, refuse
from .item_rules import in_scope, known
from .made_items import FileWish, MadeItems
from .made_steps import MadeSteps
from .plan_items import (
    Wanted,
    deleted_item,
    edited_item,
    new_item,
    step_of,
)
from .record_copies import check_copies, copy_steps
from .record_refusal import located
from .records_by_id import Progress, records_by_id, unheard
from .row_images import RowImages
from .step_inputs import check_later, every_portal, overlaid, portals_in
from .warnings import deletion_warnings


class Drafting:
    def __init__(self, database: Database, uploads: Uploads, exact: Exact) -> None:
        self._database = database
        self._uploads = uploads
        self._exact = exact
        self._steps = MadeSteps(database, uploads, exact)
        self.created, self.edited = self._steps.created, self._steps.edited

    async def creation(self, layout: str, wanted: Sequence[Wanted], base: Plan | None) -> list[Step]:
        """Steps that create records. Raises InputError for the first record that does not fit."""
        await self._database.check_written_by(layout)
        meta = await self._database.layout(layout)
        key = key_of(self._database.policy, layout)
        made = MadeItems()
        refused: list[tuple[str, str]] = []
        pace = Pace()
        for number, wish in enumerate(wanted):
            await pace.turn()
            item, draft = located(lambda w=wish: new_item(meta, w, key, made.warnings), number, len(wanted))
            await check_later(self._database, draft, base)
            await pace.turn()
            item = in_scope(self._database.policy, meta, item, creating=True)
            refused += refusals(self._database.change_rules, meta, f"record {number + 1}", item)
            if draft.files:
                made.files.append(FileWish(item, tuple(draft.files), number))
            made.items.add(item)
        return await self._steps.created(layout, made, base, refused=refused, is_checked=False)

    async def copies(
        self, layout: str, record_ids: Sequence[str], wanted: Sequence[Wanted], base: Plan | None
    ) -> list[Step]:
        """Steps that duplicate records and then edit the copies: one set of values for all, or one for each."""
        await check_copies(self._database, layout)
        records = await self.records(layout, record_ids)
        return await copy_steps(self._database, layout, records, wanted, base)

    async def differing(
        self, layout: str, pairs: Sequence[tuple[Record, Wanted]]
    ) -> list[tuple[Record, Wanted]]:
        """Those of which something is not as wanted. Raises InputError for the first that does not fit."""
        meta = await self._database.layout(layout)
        drafts = [(pair, edited_item(meta, *pair, [])) for pair in pairs]
        return [pair for pair, (item, draft) in drafts if item is not None or draft.files]

    async def edit(
        self,
        layout: str,
        pairs: Sequence[tuple[Record, Wanted]],
        how: str,
        base: Plan | None,
        notes: Sequence[str] = (),
        by: Sequence[str] = (),
    ) -> list[Step]:
        """Steps that edit records. Raises InputError when nothing would change."""
        await self._database.check_written_by(layout)
        policy, meta = self._database.policy, await self._database.layout(layout)
        made = MadeItems()
        refused: list[tuple[str, str]] = []
        pace = Pace()
        for number, (record, wish) in enumerate(pairs):
            await pace.turn()
            seen = overlaid(base, layout, record)
            item, draft = located(
                lambda r=seen, w=wish: edited_item(meta, r, w, made.warnings), number, len(pairs), record
            )
            await check_later(self._database, draft, base)
            await pace.turn()
            if item is not None or draft.files:
                refused += refusals(self._database.change_rules, meta, record.record_id, item or Item(), seen)
            if draft.files:
                place = None if item is None else len(made.items)
                base_item = known(policy, meta, item or deleted_item(meta, record), seen, by)
                made.files.append(FileWish(base_item, tuple(draft.files), place, record))
            await pace.turn()
            if item is not None:
                item = in_scope(policy, meta, item, creating=False)
                made.items.add(known(policy, meta, item, seen, by))
        return await self._steps.edited(
            layout, made, len(pairs), how, notes, refused=refused, is_checked=False
        )

    async def deletion(
        self,
        layout: str,
        records: Sequence[Record],
        how: str,
        notes: Sequence[str] = (),
        by: Sequence[str] = (),
        report: Progress = unheard,
    ) -> list[Step]:
        meta = await self._database.layout(layout)
        check_table(self._database.policy, meta, deletes=True)
        refuse(kept_among(records), len(records))
        for record in records:
            check_taken_along(self._database.policy, meta, record)
        bare = [
            known(self._database.policy, meta, deleted_item(meta, record), record, by)
            async for record in in_turns(records)
        ]
        images = RowImages(self._database, report)
        items, lost = await with_files(
            self._database, self._uploads, meta, records, await images.of_deleted(bare)
        )
        cascades = Cascades(self._database, self._exact)
        items = await cascades.of_deleted(meta, records, items)
        closed = unwritable(
            self._database.policy, meta, {n for r in records for n, v in r.fields.items() if v != ""}
        )
        warnings = (
            cascades.sentences
            + deletion_warnings(meta, records, closed, cascades.map_date)
            + images.warnings
            + lost
        )
        return [step_of(StepKind.DELETE, layout, items, how, warnings, notes)]

    async def records(
        self,
        layout: str,
        record_ids: Sequence[str],
        wishes: Sequence[Wanted] = (),
        *,
        whole: bool = False,
        report: Progress = unheard,
    ) -> list[Record]:
        """The records by id, with every row of the portals that the wishes name, or of all. Raises RecordMissing with the id."""
        meta = await self._database.layout(layout)
        portals = every_portal(meta) if whole else portals_in(meta, wishes)
        found = await records_by_id(self._database, layout, record_ids, portals, report)
        missing = next((each for each in record_ids if each not in found), None)
        if missing is not None:
            raise RecordMissing(
                f"There is no record {missing} on {layout!r}",
                code=101,
                advice="Find it again; it may have been deleted. Nothing was planned.",
            )
        return list(found.values())
