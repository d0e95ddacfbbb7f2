"""Applies the policy's `scope` to every request. Without a scope it asks the host nothing."""

from __future__ import annotations

import dataclasses

from ..criteria.calendar import Calendar
from ..criteria.criteria import understand
from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.query import FindRequest, PortalRange, Query
from ..dataapi.record import Page, Record
from ..dataapi.wire import ValueReader
from ..dataapi.write import Write
from ..errors import ConfigurationError, Forbidden
from ..host_errors import RecordMissing
from ..policy import (
    Policy,
    ScopeRule,
    check_scoped_values,
    is_checked_here,
    is_outside,
    scope_of,
    visible,
    with_scope,
)
from ..text.near_names import folded
from .conversion import readable
from .metadata import Metadata


class ScopeGuard:
    def __init__(self, api: DataApi, metadata: Metadata, policy: Policy, calendar: Calendar) -> None:
        self._api = api
        self._metadata = metadata
        self._policy = policy
        self._calendar = calendar

    async def within(self, query: Query) -> Query:
        """The query with the scope in each of its requests, and without portals that are closed."""
        rule = scope_of(self._policy, query.layout)
        if rule is None:
            return query
        meta = await self._metadata.layout(query.layout)
        shown_by = (
            meta if query.response_layout is None else await self._metadata.layout(query.response_layout)
        )
        limited = with_scope(rule, self._bounds(rule, meta), query)
        return dataclasses.replace(limited, portals=self.portals(shown_by, query.portals))

    def portals(
        self, meta: LayoutMeta, asked: tuple[PortalRange, ...] | None
    ) -> tuple[PortalRange, ...] | None:
        """Only the open portals are asked for, so that nothing else comes over the wire."""
        if scope_of(self._policy, meta.name) is None or asked is not None:
            return asked
        return tuple(PortalRange(name) for name in visible(self._policy, meta).portals)

    async def check_record(self, layout: str, record_id: str, record: Record | None = None) -> None:
        """A record id is answered only when a scoped find on the owner-named key returns that record.

        Raises RecordMissing for any other, so that what is out of scope looks like what does not exist.
        """
        rule = scope_of(self._policy, layout)
        if rule is None:
            return
        meta = await self._metadata.layout(layout)
        if record is None:
            record = await self._api.record(layout, record_id, portals=())
        record = readable(record, ValueReader(meta))
        value = record.fields.get(rule.key, "")
        if value != "" and not is_outside(rule, meta, record.fields):
            named = any(folded(rule.key) == folded(name) for name in rule.where)
            requests = () if named else self._exactly(meta, {rule.key: value})
            asked = Query(layout, requests, portals=(), limit=500)
            found = await self._api.page(with_scope(rule, self._bounds(rule, meta), asked))
            if any(each.record_id == record_id for each in found.records):
                return
        raise out_of_scope(layout, record_id)

    def completed(self, layout: str, write: Write) -> Write:
        """A new record's values, in scope."""
        rule = scope_of(self._policy, layout)
        if rule is None:
            return write
        return dataclasses.replace(write, fields=check_scoped_values(rule, write.fields, creating=True))

    def check_stays(self, layout: str, write: Write) -> None:
        """Raises Forbidden when a write would take a record out of scope."""
        rule = scope_of(self._policy, layout)
        if rule is not None:
            check_scoped_values(rule, write.fields, creating=False)

    def check_response_layout(self, layout: str) -> None:
        if self._policy.scope is not None:
            raise Forbidden(
                f"Records are not shown by way of another layout ({layout!r}) where the owner limits them"
            )

    async def counts_hold(self, layout: str) -> bool:
        """Whether the host's counts are right: they are not where records in another spelling may be among them."""
        rule = scope_of(self._policy, layout)
        return rule is None or not is_checked_here(rule, await self._metadata.layout(layout))

    def without_totals(self, layout: str, page: Page) -> Page:
        """The number of records in the table tells about records out of scope; 0 is what hosts answer that do not tell."""
        rule = scope_of(self._policy, layout)
        if rule is None or rule.totals:
            return page
        return dataclasses.replace(page, total=0)

    def _bounds(self, rule: ScopeRule, meta: LayoutMeta) -> tuple[FindRequest, ...]:
        """Find requests that together find exactly the records in scope."""
        if rule.key not in meta.fields or any(name not in meta.fields for name in rule.where):
            raise ConfigurationError(
                f"The scope of {meta.name!r} names fields that the layout does not have",
                advice="The owner has to correct `scope` in the configuration; until then nothing of this layout is answered.",
            )
        return self._exactly(meta, {name: list(values) for name, values in rule.where.items()})

    def _exactly(self, meta: LayoutMeta, where: object) -> tuple[FindRequest, ...]:
        found = understand(where, None, meta, self._calendar)
        if not found.is_plain:
            raise ConfigurationError(
                f"The scope of {meta.name!r} cannot be said as a find of FileMaker's",
                advice="The owner has to give it plain values of text, number or date fields.",
            )
        return found.requests


def out_of_scope(layout: str, record_id: str) -> RecordMissing:
    """What is out of scope looks like what does not exist."""
    return RecordMissing(f"Reading record {record_id} in {layout!r}: the record is missing", code=101)
