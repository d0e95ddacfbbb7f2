"""What `Database` tells of the solution itself: its layouts and scripts, as far as the owner's policy shows them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from ..criteria.calendar import Calendar
from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..errors import FilemakerMcpError
from ..policy import Policy, check_layout, may_read, may_run, visible
from ..policy.tables import table_of
from ..solution_map.map_view import MapView
from .metadata import Metadata
from .redaction import Redaction
from .scope_guard import ScopeGuard
from .untrusted.untrusted_fields import UntrustedFields
from .untrusted.untrusted_reads import UntrustedReads

UNRESTRICTED = Policy()


class LayoutAccess:
    def __init__(
        self,
        api: DataApi,
        *,
        name: str,
        policy: Policy,
        calendar: Calendar,
        outsiders: UntrustedReads,
        untrusted: UntrustedFields,
        solution_map: MapView | None,
    ) -> None:
        self._api = api
        self.name = name
        self.policy = policy
        self.calendar = calendar
        self.map = solution_map
        """What FileMaker itself says of the solution, where the owner approved a map."""
        self._metadata = Metadata(api, calendar.clock, policy, solution_map)
        self._redaction = Redaction(policy, outsiders, name, calendar, untrusted, solution_map)
        self._scope_guard = ScopeGuard(api, self._metadata, policy, calendar)

    @property
    def layout_changes(self) -> int:
        """How often a layout was found to have changed since it was described: what was refused before may be right now."""
        return self._metadata.changes

    async def layouts(self, *, fresh: bool = False) -> tuple[MenuItem, ...]:
        items = await self._metadata.layouts(fresh=fresh)
        return tuple(item for item in items if may_read(self.policy, item.name))

    async def layouts_of(self, occurrence: str) -> list[str]:
        """The open layouts of the table that an occurrence stands for, as far as the host tells their tables."""
        wanted = table_of(self.policy, occurrence)
        items = await self.layouts()
        return [item.name for item in items if item.table and table_of(self.policy, item.table) == wanted]

    async def scripts(self) -> tuple[MenuItem, ...]:
        return tuple(item for item in await self._api.scripts() if may_run(self.policy, item.name))

    async def layout(self, name: str, *, fresh: bool = False, record_id: str | None = None) -> LayoutMeta:
        """Fields, portals and value lists as far as they are open; `record_id` evaluates value lists that follow a field.
        Raises NameUnknown, Forbidden."""
        check_layout(self.policy, name)
        if record_id is None:
            return self._redaction.known(await self._metadata.layout(name, fresh=fresh))
        await self._scope_guard.check_record(name, record_id)
        whole = await self._whole(name)
        described = await self._api.layout(whole.name, record_id=record_id)
        return visible(
            self.policy,
            dataclasses.replace(
                whole, fields=described.fields, portals=described.portals, value_lists=described.value_lists
            ),
        )

    async def layout_called(self, name: str) -> str:
        """A layout's own name, for one that compares equal to it. Raises NameUnknown, also for a name that means several."""
        return (await self._whole(name)).name if may_read(self.policy, name) else name

    async def shown_names(self, layout: str, names: Collection[str]) -> frozenset[str]:
        """Those of the names that the assistant sees with their own values; none of a layout that is closed or gone."""
        if not may_read(self.policy, layout):
            return frozenset()
        try:
            meta = await self._whole(layout)
        except FilemakerMcpError:
            return frozenset()
        known = self._redaction.known(meta)
        fields = {name: known.field_named(name) for name in names}
        return frozenset(
            name for name, field in fields.items() if field is not None and not field.is_disguised
        )

    async def _whole(self, layout: str) -> LayoutMeta:
        return await self._metadata.layout(layout)
