"""One item sent, and what became of it: read back, looked for where no answer came, told apart where it was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import (
    Changed,
    FileClosed,
    FileMakerError,
    FilemakerMcpError,
    Forbidden,
    HostFull,
    InputError,
    OutcomeUnknown,
    QuotaUsedUp,
    RecordChanged,
    RecordInUse,
    RecordMissing,
)
from .means import Means
from .plan import Item, ItemState, Kind, Outcome, Step
from .sending import read_back, send
from .settle import difference, done, fields_as_wanted, look

IN_USE_PAUSES = (0.5, 1.5, 3.0)
"""Seconds between tries while somebody has the record open (301, section 12)."""
UNSURE_CODES = frozenset({-1, 16, 307, 951, 1701})
"""Answers that do not say whether anything happened (section 12: `no`, `verify`)."""
SECOND_LOOK = 1.0
"""Seconds until an unanswered request that seems not to have been carried out is looked for again: the host may still be busy with it."""


class Attempt:
    """Carries items out one by one, and judges. Keeps no books."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.stopped_by: FilemakerMcpError | None = None
        """What keeps everything from being carried out, and not this item alone."""

    async def send(self, step: Step, item: Item) -> Outcome:
        """Sent once (again only where FileMaker said that the record is in use), verified or looked for."""
        means = self._means
        for pause in (*IN_USE_PAUSES, None):
            try:
                written = await send(means.database, means.uploads.kept, step, item)
            except RecordInUse as error:
                if pause is None:
                    return await self.failed(step, item, error)
                await means.sleep(pause)
            except FilemakerMcpError as error:
                return await self.failed(step, item, error)
            else:
                return await self._verified(step, item, written.record_id, written.mod_id)
        raise AssertionError("the last try returns")

    async def _verified(self, step: Step, item: Item, record_id: str, mod_id: str) -> Outcome:
        """The host said yes; what is there now?"""
        try:
            record = await read_back(self._means.database, step, record_id, item)
            meta = await self._means.database.layout(step.layout)
        except FilemakerMcpError as error:
            notes = (f"FileMaker confirmed it; it could not be read back: {error.what}",)
            return Outcome(ItemState.DONE, record_id, mod_id, after=item.after, notes=notes)
        if step.kind is Kind.DELETE:
            gone = record is None
            return Outcome(
                ItemState.DONE if gone else ItemState.REFUSED,
                record_id,
                notes=() if gone else ("FileMaker confirmed the delete, but the record is still there.",),
            )
        if record is None:
            return Outcome(
                ItemState.DONE, record_id, mod_id, after=item.after,
                notes=("FileMaker confirmed it; the record cannot be read with this account.",),
            )  # fmt: skip
        if step.kind is Kind.UPLOAD:
            found = replace(item, record_id=record_id)
            notes = await self._means.uploads.notes(self._means.database, step.layout, found)
            return done(item, record, notes=notes)
        notes = () if fields_as_wanted(meta, item, record) else _stored_otherwise(item, record.fields)
        return done(item, record, whole=step.kind in (Kind.CREATE, Kind.DUPLICATE), notes=notes)

    async def failed(self, step: Step, item: Item, error: FilemakerMcpError) -> Outcome:
        match error:
            case OutcomeUnknown():
                return await self._looked(step, item, error)
            case RecordMissing() if step.kind is Kind.DELETE:
                return Outcome(ItemState.DONE, item.record_id, notes=("It was already gone.",))
            case HostFull() | QuotaUsedUp():
                self.stopped_by = error
                return Outcome(ItemState.OPEN, item.record_id, notes=(error.what,))
            case RecordChanged():
                return await self._conflict(step, item, error)
            case FileMakerError() if error.code in UNSURE_CODES or isinstance(error, FileClosed):
                return await self._looked(step, item, error)
            case FileMakerError() | InputError() | Forbidden():
                what = error.what if error.code is None else f"{error.what} (FileMaker error {error.code})"
                return Outcome(
                    ItemState.REFUSED, item.record_id, notes=(_said(what, error.advice),), code=error.code
                )
            case _:  # no answer, and certainly nothing sent: not attempted, and the rest would fare alike
                self.stopped_by = error
                return Outcome(ItemState.OPEN, item.record_id, notes=(error.what,))

    async def _looked(self, step: Step, item: Item, error: FilemakerMcpError) -> Outcome:
        means = self._means
        outcome = await look(means.database, means.uploads, step, item, means.exact)
        if outcome.state is ItemState.OPEN:
            await means.sleep(SECOND_LOOK)
            outcome = await look(means.database, means.uploads, step, item, means.exact)
        if outcome.state in (ItemState.OPEN, ItemState.UNKNOWN):
            self.stopped_by = error
        return outcome

    async def _conflict(self, step: Step, item: Item, error: FileMakerError) -> Outcome:
        """306: nothing was written; say what is there now instead of what was seen."""
        notes: tuple[str, ...] = ()
        try:
            record = await read_back(self._means.database, step, item.record_id or "", item)
            if record is not None:
                notes = difference(await self._means.database.layout(step.layout), item, record)
        except FilemakerMcpError:
            pass
        said = "Somebody changed the record after it was planned; nothing was written."
        return Outcome(ItemState.REFUSED, item.record_id, notes=(said, *notes), code=error.code)


def _stored_otherwise(item: Item, fields: Any) -> tuple[str, ...]:
    return tuple(
        f"FileMaker stored {fields[name]!r} in {name!r}."
        for name, value in item.after.items()
        if name in fields and str(fields[name]) != str(value)
    )


def _said(what: str, advice: str) -> str:
    said = f"{what.rstrip('.')}."
    return (
        f"{said} {Changed.NOTHING.value} {advice}".strip()
        if Changed.NOTHING.value not in advice
        else f"{said} {advice}"
    )
