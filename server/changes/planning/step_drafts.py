"""Turns a request into steps of a plan: reads records, checks values, keeps files, adds warnings."""

from __future__ import annotations

from collections.abc import Sequence

import anyio.lowlevel

from ...dataapi.models import Record
from ...database.database import Database
from ...errors import InputError, RecordMissing
from ...policy import check_fields_writable, check_removable, check_table, key_of, unwritable
from ..applying.apply_context import Exact
from ..plans.deleted_files import with_files
from ..plans.field_check import UNCHANGED
from ..plans.plan import Item, Plan, Step, StepKind
from ..plans.uploads import NOT_KEPT, Uploads
from ..unhurried import in_turns
from .cascades import Cascades
from .closed_records import check_related, kept_among, reached_by, refusals, refuse
from .existing_records import refuse_taken_keys, twins
from .item_rules import in_scope, known
from .map_checks import checked_by_map
from .plan_items import (
    ItemDraft,
    Wanted,
    deleted_item,
    edited_item,
    new_item,
    removed_from,
    step_of,
    written_names,
)
from .record_copies import check_copies, copy_steps
from .record_refusal import located
from .records_by_id import Progress, records_by_id, unheard
from .row_images import RowImages
from .same_contents import twin_warnings, with_twins
from .step_inputs import check_later, every_portal, overlaid, portals_in
from .warnings import creation_warnings, deletion_warnings, edit_warnings

BREATH = 50
"""Records after which others get their turn."""


class Drafting:
    def __init__(self, database: Database, uploads: Uploads, exact: Exact) -> None:
        self._database = database
        self._uploads = uploads
        self._exact = exact

    async def creation(
        self,
        layout: str,
        wanted: Sequence[Wanted],
        base: Plan | None,
        *,
        how: str = "",
        notes: Sequence[str] = (),
        key: str | None = None,
        after: int = 0,
        made: Sequence[tuple[Item, ItemDraft]] = (),
        warned: Sequence[str] = (),
        keys_are_free: bool = False,
    ) -> list[Step]:
        """Steps that create records; `key` names each where the owner names none, `after` counts the steps before these.
        `made`: what `new_item` made of each already, with the warnings `warned`; what is known beforehand to be refused is not among them. `keys_are_free`: the host was asked for the keys.
        Raises InputError for the first record that does not fit."""
        await self._database.check_written_by(layout)
        meta = await self._database.layout(layout)
        key = key_of(self._database.policy, layout) or key
        warnings = list(warned)
        items: list[Item] = []
        uploads: list[Item] = []
        given: set[str] = set()
        refused: list[tuple[str, str]] = []
        first = (len(base.steps) if base else 0) + after
        for number, wish in enumerate(wanted):
            if number % BREATH == 0:
                await anyio.lowlevel.checkpoint()
            item, draft = (
                made[number]
                if made
                else located(lambda w=wish: new_item(meta, w, key, warnings), number, len(wanted))
            )
            check_later(draft, base)
            items.append(in_scope(self._database.policy, meta, item, creating=True))
            refused += refusals(self._database.change_rules, meta, f"record {number + 1}", items[-1])
            given |= {*draft.after, *draft.later}
            for name, file in draft.files:
                change = await self._uploads.planned(self._database, meta, None, name, file)
                uploads.append(Item(label=item.label, file=change, created_by=(first, number)))
        policy = self._database.policy
        check_fields_writable(policy, meta, written_names([*items, *uploads]), creating=True)
        await self._check_duties(layout, items)
        refuse(refused, len(items))
        warnings += creation_warnings(meta, given)
        warnings += await checked_by_map(self._database, self._exact, meta, items, is_checked=bool(made))
        await refuse_taken_keys(self._database, self._exact, meta, items, base, are_free=keys_are_free)
        warnings += await twins(self._database, self._exact, meta, items)
        items = await with_twins(self._database, self._exact, meta, items)
        warnings += twin_warnings(items)
        steps = [step_of(StepKind.CREATE, layout, items, how, warnings, notes)]
        if uploads:
            steps.append(step_of(StepKind.UPLOAD, layout, uploads, "", ()))
        return steps

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
        made: Sequence[tuple[Item | None, ItemDraft]] = (),
        warned: Sequence[str] = (),
    ) -> list[Step]:
        """Steps that edit records. `made`: what `edited_item` made of each already, with the warnings `warned`. Raises InputError when
        nothing would change."""
        await self._database.check_written_by(layout)
        meta = await self._database.layout(layout)
        warnings = list(warned)
        items: list[Item] = []
        uploads: list[Item] = []
        refused: list[tuple[str, str]] = []
        same = 0
        for number, (record, wish) in enumerate(pairs):
            if number % BREATH == 0:
                await anyio.lowlevel.checkpoint()
            seen = record if made else overlaid(base, layout, record)
            item, draft = (
                made[number]
                if made
                else located(
                    lambda r=seen, w=wish: edited_item(meta, r, w, warnings), number, len(pairs), record
                )
            )
            check_later(draft, base)
            if item is not None or draft.files:
                refused += refusals(self._database.change_rules, meta, record.record_id, item or Item(), seen)
            if item is not None:
                item = in_scope(self._database.policy, meta, item, creating=False)
                items.append(known(self._database.policy, meta, item, seen, by))
            for name, file in draft.files:
                change = await self._uploads.planned(self._database, meta, record, name, file)
                if change.before in NOT_KEPT:
                    warnings.append(
                        f"An undo cannot bring back the file in {name!r} of {record.record_id}: it is not kept."
                    )
                upload = Item(
                    record_id=record.record_id,
                    mod_id=record.mod_id,
                    label=(item or deleted_item(meta, record)).label,
                    file=change,
                )
                uploads.append(known(self._database.policy, meta, upload, seen, by))
            same += item is None and not draft.files
        if not items and not uploads:
            raise InputError(
                "Every record is as wanted already" if pairs else "There is no record to change",
                advice=UNCHANGED,
            )
        check_fields_writable(self._database.policy, meta, written_names([*items, *uploads]))
        check_removable(self._database.policy, meta, removed_from(items))
        await self._check_duties(layout, items)
        refuse(refused, len(pairs))
        sentences = [
            *notes,
            *([f"{same} of {len(pairs)} records are as wanted already and left alone."] if same else []),
        ]
        steps: list[Step] = []
        if items:
            warnings += await checked_by_map(self._database, self._exact, meta, items, is_checked=bool(made))
            images = RowImages(self._database)
            items = await images.of_removed(items)
            warnings += [*images.warnings, *twin_warnings(items)]
            moves = self._database.change_rules.told_of_moves(meta)
            warnings += [moves] if moves and any(item.after or item.later for item in items) else []
            written = {name for item in items for name in (*item.after, *item.later)}
            steps.append(
                step_of(StepKind.EDIT, layout, items, how, warnings + edit_warnings(meta, written), sentences)
            )
        if uploads:
            steps.append(
                step_of(
                    StepKind.UPLOAD,
                    layout,
                    uploads,
                    how,
                    () if items else warnings,
                    () if items else sentences,
                )
            )
        return steps

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

    async def _check_duties(self, layout: str, items: Sequence[Item]) -> None:
        """Of related records: the owner's scripts and stamps. Raises Forbidden, ConfigurationError."""
        check_related(self._database.policy, await self._database.layout(layout), items)
        await self._database.check_stamps(layout, reached_by(items))

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
