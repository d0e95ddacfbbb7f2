"""Why a field that somebody named is not there: not on the layout, closed by the owner, or not open to the FileMaker account."""

from __future__ import annotations

from collections.abc import Iterable

from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.query import Query
from ..dataapi.record import Record
from ..dataapi.renamed_fields import said
from ..errors import FilemakerMcpError
from ..policy import Policy, visible
from ..text.near_names import near
from .metadata import Metadata
from .scope_guard import ScopeGuard

NO_ACCESS = "<No Access>"
"""What a record shows in a field that the account may not see (section 8.1 [I])."""


class MissingFields:
    def __init__(self, api: DataApi, metadata: Metadata, scope_guard: ScopeGuard, policy: Policy) -> None:
        self._api = api
        self._metadata = metadata
        self._scope_guard = scope_guard
        self._policy = policy

    async def of(self, layout: str, names: Iterable[str]) -> dict[str, str]:
        """Name -> why. Whoever names a closed field exactly is told that it is closed; near matches never name one."""
        whole = await self._metadata.layout(layout)
        known = visible(self._policy, whole)
        if any(whole.field_named(name) is None for name in names):
            whole = await self._metadata.layout(layout, fresh=True)
            known = visible(self._policy, whole)
        absent = {name: _why(name, whole, known) for name in names if known.field_named(name) is None}
        there = [name for name in names if name not in absent]
        denied = await self._denied(layout, whole, there)
        return absent | dict.fromkeys(
            denied,
            "on the layout, but the FileMaker account may not see it; its administrator can change that",
        )

    async def is_closed(self, layout: str, name: str) -> bool:
        """Whether the layout has the field and the owner's policy closes it."""
        whole = await self._metadata.layout(layout)
        if whole.field_named(name) is None:
            return False
        return visible(self._policy, whole).field_named(name) is None

    async def _denied(self, layout: str, whole: LayoutMeta, names: Iterable[str]) -> list[str]:
        """As far as one record tells; its values stay here."""
        try:
            query = await self._scope_guard.within(Query(layout, limit=1, portals=()))
            records = (await self._api.page(query)).records
        except FilemakerMcpError:  # whether a field is open cannot be told where no record can be read
            return []
        return [name for name in names if _is_denied(whole, name, records)]


def _is_denied(whole: LayoutMeta, name: str, records: tuple[Record, ...]) -> bool:
    field = whole.field_named(name)
    keys = field.shown_names if field is not None else ()
    return any(record.fields.get(key) == NO_ACCESS for record in records for key in keys)


def _why(name: str, whole: LayoutMeta, known: LayoutMeta) -> str:
    if whole.field_named(name) is not None:
        return "closed by the owner's policy"
    names = [*known.fields, *(f for portal in known.portals.values() for f in portal.fields)]
    close = near(name, names)
    hint = said(known, name) or (f"near: {', '.join(close)}" if close else "")
    return f"not on the layout{'; ' if hint else ''}{hint}"
