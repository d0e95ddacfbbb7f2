"""Items that were made become steps of a plan: held against what is known of the solution and of what is there, with warnings."""

from __future__ import annotations

from collections.abc import Sequence

from ...database.database import Database
from ...errors import InputError
from ...policy import check_fields_writable, check_removable
from ...text.plain_parts import Name
from ...text.sentence import say
from ..applying.apply_context import Exact
from ..files.uploads import NOT_KEPT, Uploads
from ..plans.field_check import UNCHANGED
from ..plans.item import Item
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from ..unhurried import unhurried
from .closed_records import check_related, reached_by, refuse
from .existing_records import refuse_taken_keys, twins
from .made_items import FileWish, MadeItems
from .map_checks import checked_by_map
from .plan_items import removed_from, step_of, written_names
from .row_images import RowImages
from .same_contents import twin_warnings, with_twins
from .warnings import creation_warnings, edit_warnings

Refused = Sequence[tuple[str, str]]
"""(record, why) of those that may not be so by the owner's rules."""


class MadeSteps:
    """`is_checked`: what is known beforehand to be refused is not among the items."""

    def __init__(self, database: Database, uploads: Uploads, exact: Exact) -> None:
        self._database = database
        self._uploads = uploads
        self._exact = exact

    async def created(
        self,
        layout: str,
        made: MadeItems,
        base: Plan | None,
        *,
        how: str = "",
        notes: Sequence[str] = (),
        after: int = 0,
        refused: Refused = (),
        is_checked: bool = True,
    ) -> list[Step]:
        """Steps that create records; `after` counts the steps before these."""
        database, exact = self._database, self._exact
        meta = await database.layout(layout)
        warnings = list(made.warnings)
        first = (len(base.steps) if base else 0) + after
        uploads = [
            Item(
                label=wish.item.label,
                file=await self._uploads.planned(database, meta, None, name, file),
                created_by=None if wish.number is None else (first, wish.number),
            )
            for wish in made.files
            for name, file in wish.files
        ]
        telling = made.items.telling
        check_fields_writable(database.policy, meta, written_names([*telling, *uploads]), creating=True)
        await self._check_duties(layout, telling)
        refuse(refused, len(made.items))
        given = {name for item in telling for name in (*item.after, *item.later)}
        warnings += creation_warnings(meta, given)
        warnings += await checked_by_map(database, exact, meta, made.items, is_checked=is_checked)
        if not is_checked:
            await refuse_taken_keys(database, exact, meta, made.items, base)
        warnings += await twins(database, exact, meta, made.items)
        items = await with_twins(database, exact, meta, made.items)
        warnings += await unhurried(len(items), twin_warnings, items)
        steps = [step_of(StepKind.CREATE, layout, items.fewest, how, warnings, notes)]
        if uploads:
            steps.append(step_of(StepKind.UPLOAD, layout, uploads, "", ()))
        return steps

    async def edited(
        self,
        layout: str,
        made: MadeItems,
        total: int,
        how: str,
        notes: Sequence[str] = (),
        *,
        refused: Refused = (),
        is_checked: bool = True,
    ) -> list[Step]:
        """Steps that edit records. `total` is of how many records there was a wish. Raises InputError when nothing would change."""
        database = self._database
        meta = await database.layout(layout)
        warnings = list(made.warnings)
        uploads: list[Item] = []
        for wish in made.files:
            uploads += await self._uploads_of(layout, wish, warnings)
        if not made.records:
            raise InputError(
                "Every record is as wanted already" if total else "There is no record to change",
                advice=UNCHANGED,
            )
        telling = made.items.telling
        check_fields_writable(database.policy, meta, written_names([*telling, *uploads]))
        check_removable(database.policy, meta, removed_from(telling))
        await self._check_duties(layout, telling)
        refuse(refused, total)
        same = total - made.records
        sentences = [
            *notes,
            *(
                [
                    say(
                        "%(same)s of %(total)s records are as wanted already and left alone.",
                        same=same,
                        total=total,
                    )
                ]
                if same
                else []
            ),
        ]
        steps: list[Step] = []
        if made.items:
            warnings += await checked_by_map(database, self._exact, meta, made.items, is_checked=is_checked)
            images = RowImages(database)
            items: Sequence[Item] = made.items.fewest
            if removed_from(telling):
                items = await images.of_removed(items)
            warnings += [*images.warnings, *await unhurried(len(made.items), twin_warnings, made.items)]
            moves = database.change_rules.told_of_moves(meta)
            warnings += [moves] if moves and any(item.after or item.later for item in telling) else []
            written = {name for item in telling for name in (*item.after, *item.later)}
            told = warnings + edit_warnings(meta, written)
            steps.append(step_of(StepKind.EDIT, layout, items, how, told, sentences))
        if uploads:
            beside = ((), ()) if steps else (warnings, sentences)
            steps.append(step_of(StepKind.UPLOAD, layout, uploads, how, *beside))
        return steps

    async def _check_duties(self, layout: str, telling: Sequence[Item]) -> None:
        """Of related records: the owner's scripts and stamps. Raises Forbidden, ConfigurationError."""
        check_related(self._database.policy, await self._database.layout(layout), telling)
        await self._database.check_stamps(layout, reached_by(telling))

    async def _uploads_of(self, layout: str, wish: FileWish, warnings: list[str]) -> list[Item]:
        """Files for a record that is there."""
        meta, item = await self._database.layout(layout), wish.item
        uploads: list[Item] = []
        for name, file in wish.files:
            change = await self._uploads.planned(self._database, meta, wish.record, name, file)
            if change.before in NOT_KEPT:
                warnings.append(
                    say(
                        "An undo cannot bring back the file in %(name)s of %(record_id)s: it is not kept.",
                        name=Name(name),
                        record_id=item.record_id or "",
                    )
                )
            uploads.append(
                Item(
                    record_id=item.record_id,
                    mod_id=item.mod_id,
                    label=item.label,
                    file=change,
                    marks=item.marks,
                    chosen_by=item.chosen_by,
                )
            )
        return uploads
