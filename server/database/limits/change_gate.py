"""Looks right before a write whether the record, its rows and what becomes of them are what the owner lets be changed.

The Data API takes no condition with a write, but an edit takes the modId of the record that was looked at (section 6.2): what is
stored in the record itself cannot change unseen between the look and the edit. Deletes and duplicates take none.
"""

from __future__ import annotations

from ...dataapi.client import DataApi
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange
from ...dataapi.record import Record
from ...dataapi.wire import ValueReader
from ...dataapi.write import Write
from ...errors import Changed, Forbidden
from ...policy import Policy
from ..conversion import readable
from .change_rules import ChangeRules
from .closed_marks import check_taken_along, may_keep_rows, why_kept, why_no_copy, why_rows_closed
from .related_rules import occurrence_of_rows
from .rule_condition import as_stored, of_new

EVERY_ROW = 10_000
ADVICE = "Nothing of it was sent. Only the owner can open it (change_only_where)."


class ChangeGate:
    """Without rules it asks the host nothing."""

    def __init__(self, api: DataApi, policy: Policy, rules: ChangeRules) -> None:
        self._api = api
        self._policy = policy
        self._rules = rules

    def check_new(self, meta: LayoutMeta, write: Write) -> None:
        """Raises Forbidden for a new record that could not be changed afterwards."""
        if self._rules.bind(meta):
            _refuse(self._rules.why_not_so(meta, write.fields, new=True))
            _refuse(self._rules.related.why_not_so(meta, write.fields, new=True))
            _refuse(self._why_rows(meta, write, None))

    async def check(self, meta: LayoutMeta, record_id: str, mod_id: str | None, write: Write) -> str | None:
        """The modId to send with. Raises Forbidden, and what reading the record raises."""
        if not self._rules.bind(meta):
            return mod_id
        record = await self._now(meta, record_id, write)
        _refuse(
            record.closed
            or self._rules.why_not_so(meta, write.fields)
            or self._rules.related.why_not_so(meta, write.fields)
            or why_rows_closed(write, record)
            or self._why_rows(meta, write, record)
        )
        return record.mod_id if mod_id is None else mod_id

    async def check_gone(self, meta: LayoutMeta, record_id: str) -> None:
        """As `check`, for a delete."""
        rows_may_close = bool(meta.portals) and may_keep_rows(self._policy)
        if rows_may_close or self._rules.bind(meta):
            record = await self._now(meta, record_id, Write({}), with_rows=True)
            _refuse(why_kept(record))
            check_taken_along(self._policy, meta, record)

    async def check_copy(self, meta: LayoutMeta, record_id: str) -> None:
        """As `check`, for a record that is to be duplicated."""
        if self._rules.bind(meta):
            _refuse(why_no_copy(await self._now(meta, record_id, Write({}))))

    async def _now(
        self, meta: LayoutMeta, record_id: str, write: Write, *, with_rows: bool = False
    ) -> Record:
        removes = with_rows or bool(write.delete_related)
        names = [name for name in meta.portals if removes or name in write.portals]
        portals = tuple(PortalRange(name, limit=EVERY_ROW) for name in names)
        record = await self._api.record(meta.name, record_id, portals=portals)
        return self._rules.marked(meta, readable(record, ValueReader(meta)))

    def _why_rows(self, meta: LayoutMeta, write: Write, record: Record | None) -> str:
        """Why a row may not be given what the write gives it."""
        there_now = of_new(meta) if record is None else record.fields
        parent = {**there_now, **as_stored(meta, write.fields)}
        for portal, rows in write.portals.items():
            there = None if record is None else record.portals.get(portal)
            own = occurrence_of_rows(meta, portal, there)
            for row in rows:
                if why := self._rules.related.why_row_not_so(
                    meta, own, row.fields, parent, new=row.record_id is None
                ):
                    return why
        return ""


def _refuse(why: str) -> None:
    if why:
        raise Forbidden(why, changed=Changed.NOTHING, advice=ADVICE)
