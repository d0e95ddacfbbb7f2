"""Value lists that follow a field: the host gives their values only beside a record (section 5.3 [U])."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..dataapi.layout_meta import LayoutMeta, ValueListMeta
from ..dataapi.query import Query
from ..errors import FilemakerMcpError
from ..policy import Policy, untrusted_names
from ..policy.rules import Access
from ..policy.same_table import possible_kin

if TYPE_CHECKING:
    from .read_access import ReadAccess

KEPT = timedelta(minutes=10)
MOST = 20_000
"""Values of a list; a longer one tells nothing here."""


@dataclass(frozen=True)
class Evaluated:
    lists: Mapping[str, ValueListMeta]
    changes: int
    at: datetime


class FieldLists:
    """Those of one database, asked for when a condition needs them and kept for a while."""

    def __init__(self, database: ReadAccess) -> None:
        self._database = database
        self._known: dict[str, Evaluated] = {}

    async def of(self, layout: LayoutMeta) -> Mapping[str, ValueListMeta]:
        """The layout's value lists with their values. Nothing is asked where the policy closes any field or layout: the
        Data API does not tell of which field a list shows the contents."""
        database = self._database
        if hides_something(database.policy):
            return layout.value_lists
        now, known = database.calendar.now(), self._known.get(layout.name)
        if known is None or known.changes != database.changes or now - known.at > KEPT:
            lists = await self._evaluated(layout)
            if lists is None:
                return layout.value_lists
            known = self._known[layout.name] = Evaluated(lists, database.changes, now)
        return known.lists

    async def _evaluated(self, layout: LayoutMeta) -> Mapping[str, ValueListMeta] | None:
        database = self._database
        try:
            page = await database.page(Query(layout.name, limit=1, portals=()))
            if not page.records:
                return None
            described = await database.layout(layout.name, record_id=page.records[0].record_id)
        except FilemakerMcpError:  # the question itself says better what is wrong
            return None
        fields = [name for name, field in layout.fields.items() if field.value_list is not None]
        theirs = untrusted_names(database.untrusted.policy, layout.name, fields, possible_kin(layout))
        closed = {layout.fields[name].value_list for name in theirs}
        return {
            name: values
            for name, values in described.value_lists.items()
            if len(values.values) <= MOST and name not in closed
        }


def hides_something(policy: Policy) -> bool:
    """Within a scope the owner opens such lists by name, so there they are asked for."""
    is_closed = policy.layouts is not None or Access.NONE in policy.access_by_layout.values()
    own = bool(policy.fields or policy.hidden_fields or policy.mask or is_closed)
    return own or (policy.within is not None and hides_something(policy.within))
