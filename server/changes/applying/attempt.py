"""One item sent, and what became of it: read back, looked for where no answer came, told apart where it was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...dataapi.write import Write, WrittenRecord
from ...database.rate_limits import Block
from ...errors import FilemakerMcpError, Forbidden, InputError, NotOurs, OutcomeUnknown, Stopped
from ...host_errors import (
    FileClosed,
    FileMakerError,
    HostFull,
    QuotaUsedUp,
    RecordChanged,
    RecordInUse,
    RecordMissing,
    SessionRefused,
)
from ...policy.stamp_fields import Fill
from ...text.sentence import say
from ..duties.save_request import parameter_of
from ..duties.script_outcome import outcome_of
from ..duties.signature import Signature
from ..journal.other_writes import Place
from ..outcomes.confirmed_writes import confirmed_outcome, new_rows_of, unread
from ..outcomes.request_refusals import is_unsure, refusal_words
from ..outcomes.row_outcome import nothing_in, rows_otherwise
from ..outcomes.told_outcomes import closed_now, done, refused, stored_otherwise, unknown
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.step import Step, StepKind
from .apply_context import Means
from .item_reading import read_back
from .item_request import send, write_of
from .lost_writes import look

T = TypeVar("T")

IN_USE_PAUSES = (0.5, 1.5, 3.0)
"""Seconds between tries while somebody has the record open (301, section 12)."""
IN_USE_CODE = 301
IN_USE = say("Somebody has the record open; nothing was written yet.")
SECOND_LOOK = 1.0
"""Seconds until an unanswered request that seems not to have been carried out is looked for again: the host may still be busy with it."""


class Attempt:
    """Carries items out, and judges. Keeps no books."""

    def __init__(self, means: Means, signature: Signature) -> None:
        self._means = means
        self._signature = signature
        self.waits = False
        """Whether the caller waits for a record that somebody has open, and tries it again."""
        self.stopped_by: FilemakerMcpError | None = None
        """What keeps everything from being carried out, and not this item alone."""

    async def send(self, place: Place, step: Step, item: Item, *, again: bool = False) -> Outcome:
        """Sent once (more than once only where FileMaker said that the record is in use), then verified or looked for.
        `again`: it was sent before and seems not to have arrived, though it may have since."""
        if step.through:
            return await self._saved(place, step, item)
        try:
            written = await self.requested(step, item)
        except FilemakerMcpError as error:
            if again and isinstance(error, RecordChanged):
                return await self._looked(place, step, item, error)
            return await self.failed(place, step, item, error)
        try:
            record = await read_back(self._means.database, step, written.record_id, item)
            meta = await self._means.database.layout(step.layout)
        except FilemakerMcpError as error:
            return unread(item, written, error)
        return await self.judged(meta, step, item, written, record)

    async def requested(self, step: Step, item: Item, block: Block | None = None) -> WrittenRecord:
        """The request alone, counted in the block where there is one. Raises what FileMaker or the way to it answered."""
        means, stamp = self._means, self._stamp()
        return await self._unlocked(
            lambda: send(means.database, means.uploads.kept, step, item, block, stamp=stamp)
        )

    async def _unlocked(self, request: Callable[[], Awaitable[T]]) -> T:
        """Tried a few times while somebody has the record open: nothing is written then (section 12)."""
        pauses = () if self.waits else IN_USE_PAUSES
        for pause in (*pauses, None):
            try:
                return await request()
            except RecordInUse:
                if pause is None:
                    raise
                await self._means.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _stamp(self) -> Fill:
        return self._signature.fill(self._means.database.calendar.now())

    async def _saved(self, place: Place, step: Step, item: Item) -> Outcome:
        """By the owner's script; it is never run twice, but where FileMaker said that the record is in use."""
        write = Write({})
        if step.kind is not StepKind.DELETE:
            try:
                write = await self._means.database.stamped(step.layout, write_of(item), self._stamp())
            except FilemakerMcpError as error:
                return await self.failed(place, step, item, error, sent=False)
        parameter = parameter_of(self._signature, place[1:], step, item, write)
        try:
            saved = await self._unlocked(lambda: self._means.saves.run(step, item, parameter))
        except FilemakerMcpError as error:
            return await self.failed(place, step, item, error)
        try:
            return await outcome_of(self._means, place, step, item, saved)
        except FilemakerMcpError as error:
            return unknown(
                say("The script ended, and the record could not be looked at: %(what)s", what=error.what),
                item,
            )

    async def judged(
        self, meta: LayoutMeta, step: Step, item: Item, written: WrittenRecord, record: Record | None
    ) -> Outcome:
        """FileMaker confirmed the request. `record` is what is there now."""
        record_id, mod_id = written.record_id, written.mod_id
        confirmed = confirmed_outcome(item, written)
        if step.kind is StepKind.DELETE:
            gone = record is None
            return Outcome(
                ItemState.DONE if gone else ItemState.REFUSED,
                record_id,
                notes=()
                if gone
                else (say("FileMaker confirmed the delete, but the record is still there."),),
            )
        if record is None:
            return replace(
                confirmed,
                notes=(say("FileMaker confirmed it; the record cannot be read with this account."),),
            )
        if step.kind is StepKind.UPLOAD:
            found = replace(item, record_id=record_id)
            notes = await self._means.uploads.notes(self._means.database, step.layout, found)
            return done(item, record, notes=notes)
        rows = new_rows_of(meta, item, record, written)
        if step.kind is StepKind.EDIT and item.after and mod_id and record.mod_id != mod_id:
            return replace(confirmed, new_rows=rows, notes=(say("Somebody saved the record right after."),))
        if nothing_in(item, record, rows):
            return refused(meta, item, record, say("FileMaker confirmed it, but nothing of it is there."))
        notes = (*stored_otherwise(meta, item, record.fields), *rows_otherwise(meta, item, record, rows))
        notes += closed_now(record)
        return done(
            item, record, whole=step.kind in (StepKind.CREATE, StepKind.DUPLICATE), new_rows=rows, notes=notes
        )

    def is_end(self, error: FilemakerMcpError) -> bool:
        """Whether nothing more is to be sent where the first refusal ends it all: a record that is waited for ends nothing."""
        return not (self.waits and isinstance(error, RecordInUse))

    async def failed(
        self, place: Place, step: Step, item: Item, error: FilemakerMcpError, *, sent: bool = True
    ) -> Outcome:
        """The outcome of an item for which that error was raised. `sent` is False while the record was only looked at."""
        match error:
            case OutcomeUnknown() if sent:
                return await self._looked(place, step, item, error)
            case RecordMissing() if step.kind is StepKind.DELETE:
                if self._means.database.policy.scope is None:
                    return Outcome(ItemState.DONE, item.record_id, notes=(say("It was already gone."),))
                why = say(
                    "It is gone, or not among the records that the owner opens any more; nothing was deleted."
                )
                return Outcome(ItemState.REFUSED, item.record_id, notes=(why,))
            case RecordChanged():
                return await self._conflict(step, item, error)
            case NotOurs():
                return Outcome(ItemState.SENT, item.record_id)
            case RecordInUse() if self.waits:
                return Outcome(ItemState.OPEN, item.record_id, notes=(IN_USE,), code=IN_USE_CODE)
            case HostFull() | QuotaUsedUp() | SessionRefused() | Stopped():
                return self._stopped(item, error)
            case FileMakerError() if sent and (is_unsure(error) or isinstance(error, FileClosed)):
                return await self._looked(place, step, item, error)
            case FileClosed():
                return self._stopped(item, error)
            case FileMakerError() | InputError() | Forbidden():
                return Outcome(
                    ItemState.REFUSED, item.record_id, notes=(refusal_words(error),), code=error.code
                )
            case _:
                return self._stopped(item, error)

    def _stopped(self, item: Item, error: FilemakerMcpError) -> Outcome:
        """No answer, and certainly nothing sent: not attempted, and the rest would fare alike."""
        self.stopped_by = error
        return Outcome(ItemState.OPEN, item.record_id, notes=(error.what,))

    async def _looked(self, place: Place, step: Step, item: Item, error: FilemakerMcpError) -> Outcome:
        outcome = await look(self._means, place, step, item)
        if outcome.state is ItemState.OPEN:
            await self._means.sleep(SECOND_LOOK)
            outcome = await look(self._means, place, step, item)
        if outcome.state in (ItemState.OPEN, ItemState.UNKNOWN):
            self.stopped_by = error
        return outcome

    async def _conflict(self, step: Step, item: Item, error: FileMakerError) -> Outcome:
        """306: nothing was written. Says what is there now instead of what was seen."""
        text = say("Somebody changed the record after it was planned; nothing was written.")
        try:
            record = await read_back(self._means.database, step, item.record_id or "", item)
            if record is not None:
                return refused(await self._means.database.layout(step.layout), item, record, text)
        except FilemakerMcpError:
            pass
        return Outcome(ItemState.REFUSED, item.record_id, notes=(text,), code=error.code)


def is_waiting(outcome: Outcome) -> bool:
    """Whether it waits for somebody to release the record."""
    return outcome.state is ItemState.OPEN and outcome.code == IN_USE_CODE
